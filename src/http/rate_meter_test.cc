#include "http/rate_meter.h"

#include <gtest/gtest.h>

namespace dskeeper::http {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Time start = parse_time("2026-11-24T03:00:00Z").value();

TEST(RateMeter, ABurstAndThenTheRate) {
  RateMeter meter({.count = 1, .per = seconds(10), .burst = 2});
  EXPECT_FALSE(meter.take("a", start));
  EXPECT_FALSE(meter.take("a", start));
  EXPECT_EQ(meter.take("a", start), std::optional<Duration>(seconds(10)));
  EXPECT_FALSE(meter.take("b", start)) << "another client";
  EXPECT_FALSE(meter.take("a", start + seconds(10)));
}

TEST(RateMeter, AClockThatIsSetBackLocksNobodyOut) {
  RateMeter meter({.count = 1, .per = seconds(10), .burst = 1});
  EXPECT_FALSE(meter.take("a", start + hours(1)));
  EXPECT_FALSE(meter.take("a", start));
  EXPECT_TRUE(meter.take("a", start));
}

TEST(ClientKey, IsAnAddressOrANetworkOfIpv6) {
  const auto key = [](const char* text) { return client_key(IpAddress::parse(text).value()); };
  EXPECT_NE(key("192.0.2.1"), key("192.0.2.2"));
  EXPECT_EQ(key("2001:db8::1"), key("2001:db8::2"));
  EXPECT_NE(key("2001:db8::1"), key("2001:db8:0:1::1"));
  EXPECT_EQ(key("::ffff:192.0.2.1"), key("192.0.2.1")) << "as a dual-stack proxy writes it";
}

}  // namespace
}  // namespace dskeeper::http
