#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"

namespace dskeeper {
namespace {

TEST(Error, SaysWhereWhatAndWhatToDo) {
  const Error error{"the key file cannot be read", "dskeeper.toml:12", "Create it with mode 0600."};
  EXPECT_EQ(error.text(),
            "dskeeper.toml:12: the key file cannot be read. Create it with mode 0600.");
}

TEST(Time, IsWrittenAndReadAsRfc3339InUtc) {
  const auto time = parse_time("2026-11-24T03:00:07Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(format_time(*time), "2026-11-24T03:00:07Z");
}

TEST(Time, OtherFormsAreRefused) {
  for (const char* text : {"2026-11-24", "2026-11-24T03:00:07+01:00", "2026-13-24T03:00:07Z",
                           "2026-11-24T25:00:07Z", "2026-11-24T03:00:07Zx", ""}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Duration, ReadsNumberAndUnit) {
  EXPECT_EQ(parse_duration("72h").value(), std::chrono::hours(72));
  EXPECT_EQ(parse_duration("10y").value(), std::chrono::hours(24 * 3650));
  EXPECT_EQ(parse_duration("500ms").value(), std::chrono::milliseconds(500));
  for (const char* text : {"72", "h", "-1s", "1w", "1 s", "1001y", "99999999999999999999s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, IsWrittenInTheLargestUnitThatDivides) {
  EXPECT_EQ(format_duration(std::chrono::hours(72)), "3d");
  EXPECT_EQ(format_duration(std::chrono::seconds(90)), "90s");
  EXPECT_EQ(format_duration(Duration::zero()), "0s");
}

TEST(Hex, GoesBothWays) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0xC1, 0xF9}), "00C1F9");
  EXPECT_EQ(from_hex("00 c1F9").value(), (Bytes{0x00, 0xC1, 0xF9}));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(Base64, GoesBothWays) {
  for (const Bytes& bytes :
       {Bytes{}, Bytes{0}, Bytes{1, 2}, Bytes{1, 2, 3}, Bytes{255, 254, 0, 7}}) {
    EXPECT_EQ(from_base64(to_base64(bytes)).value(), bytes);
  }
  EXPECT_EQ(to_base64(Bytes{0}), "AA==");
  for (const char* text : {"A", "AA=A", "====", "AA*="}) EXPECT_FALSE(from_base64(text)) << text;
}

TEST(IpAddress, UnmapsWhatHidesInIpv6) {
  for (const char* text : {"::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:0a00:0001::1"}) {
    EXPECT_EQ(IpAddress::parse(text).value().unmapped().text(), "10.0.0.1") << text;
  }
}

TEST(IpPrefix, ContainsOnlyItsOwn) {
  const IpPrefix prefix = IpPrefix::parse("172.16.0.0/12").value();
  EXPECT_TRUE(prefix.contains(IpAddress::parse("172.31.255.255").value()));
  EXPECT_FALSE(prefix.contains(IpAddress::parse("172.32.0.0").value()));
  EXPECT_FALSE(prefix.contains(IpAddress::parse("::1").value()));
  EXPECT_FALSE(IpPrefix::parse("172.16.0.0/33"));
}

TEST(IpPrefix, IsMadeAroundAnAddress) {
  const IpAddress v4 = IpAddress::parse("192.0.2.211").value();
  EXPECT_EQ(IpPrefix::around(v4, 24).text(), "192.0.2.0/24");
  EXPECT_EQ(IpPrefix::around(v4, 27).text(), "192.0.2.192/27");
  EXPECT_EQ(IpPrefix::around(v4, 0).text(), "0.0.0.0/0");
  const IpAddress v6 = IpAddress::parse("2001:db8:1:2::3").value();
  EXPECT_EQ(IpPrefix::around(v6, 48).text(), "2001:db8:1::/48");
}

TEST(Endpoint, ReadsEveryFormOfTheContract) {
  EXPECT_EQ(Endpoint::parse("192.0.2.1", 53).value().text(), "192.0.2.1:53");
  EXPECT_EQ(Endpoint::parse("192.0.2.1:5353", 53).value().text(), "192.0.2.1:5353");
  EXPECT_EQ(Endpoint::parse("2001:db8::1", 53).value().text(), "[2001:db8::1]:53");
  EXPECT_EQ(Endpoint::parse("[2001:db8::1]:5353", 53).value().text(), "[2001:db8::1]:5353");
  for (const char* text : {"", "ns1", "192.0.2.1:70000", "[2001:db8::1", "[::1]x"}) {
    EXPECT_FALSE(Endpoint::parse(text, 53)) << text;
  }
}

}  // namespace
}  // namespace dskeeper
