#include "child/signal_zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "dns/records.h"

namespace dskeeper::child {
namespace {

using testing::HasSubstr;

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

HostPlan plan(std::size_t zones) {
  SignalOptions options;
  options.hosts = {name("ns1.op.net.")};
  std::vector<ReadZone> read;
  for (std::size_t i = 0; i < zones; ++i) {
    ZoneReading reading;
    reading.zone = name("z" + std::to_string(i) + ".example.");
    reading.hosts = options.hosts;
    reading.cds = {dns::Ds::parse("1 13 2 " + std::string(64, 'A'))->to_rdata()};
    reading.cdnskey = {dns::Dnskey::parse("257 3 13 AAAA")->to_rdata()};
    read.push_back({reading.zone, reading});
  }
  return plan_signals(read, {}, options)->hosts.front();
}

class SignalZoneFile : public testing::Test {
 protected:
  SignalZoneFile() {
    std::string pattern = "/tmp/dskeeper-test-XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~SignalZoneFile() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::filesystem::path folder_;
};

TEST_F(SignalZoneFile, IsReadBackAsItWasWritten) {
  const HostPlan made = plan(3);
  const auto path = folder_ / signal_file_name(made);
  EXPECT_EQ(path.filename(), "_signal.ns1.op.net.zone");
  std::ofstream(path) << signal_zone_text(made, {name("ns1.op.net."), name("ns2.op.net.")},
                                          dns::Ttl{60}, dns::Serial{7});
  const auto read = read_signal_file(path, made.domain);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->serial, dns::Serial{7});
  EXPECT_EQ(read->signals, made.signals);
}

TEST_F(SignalZoneFile, ThatIsNotThereHasNothingInIt) {
  const auto read = read_signal_file(folder_ / "none", name("_signal.ns1.op.net."));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->serial);
  EXPECT_TRUE(read->signals.empty());
}

TEST_F(SignalZoneFile, ThatIsNoZoneFileIsNotOverlooked) {
  std::ofstream(folder_ / "bad") << "this is no zone file\n";
  EXPECT_FALSE(read_signal_file(folder_ / "bad", name("_signal.ns1.op.net.")));
}

TEST(SignalZone, TakesTheTimeAsItsSerialAndNeverGoesBack) {
  const Time now = parse_time("2026-11-24T03:00:00Z").value();
  const dns::Serial by_time{1795489200};
  EXPECT_EQ(next_serial(std::nullopt, now), by_time);
  EXPECT_EQ(next_serial(dns::Serial{7}, now), by_time);
  EXPECT_EQ(next_serial(by_time, now), dns::Serial{by_time.value + 1});
  EXPECT_EQ(next_serial(dns::Serial{by_time.value + 9}, now), dns::Serial{by_time.value + 10});
}

}  // namespace
}  // namespace dskeeper::child
