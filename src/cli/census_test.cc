#include "cli/census.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "parent/test_support.h"

namespace dskeeper::cli {
namespace {

using parent::name;
using parent::Snapshot;
using store::OperatorShare;
using testing::ElementsAre;
using testing::IsEmpty;

const dns::Name zone = name("example.");

Delegation delegation(const std::string& child, const std::vector<std::string>& hosts,
                      bool is_secure) {
  Delegation value;
  value.child = name(child);
  value.parent = zone;
  for (const std::string& host : hosts) value.name_servers.push_back({name(host), {}});
  if (is_secure) value.ds = parent::ds_set({1});
  return value;
}

TEST(Census, CountsDelegationsAndSecureOnesByOperator) {
  const Snapshot reading(
      zone, "7",
      {delegation("a.example.", {"ns1.op.test.", "ns2.op.test."}, true),
       delegation("b.example.", {"ns1.op.test.", "ns2.op.test."}, false),
       delegation("c.example.", {"ns3.op.test."}, true),
       delegation("d.example.", {"ns1.small.test."}, false),
       delegation("e.example.", {"ns1.other.test."}, true), delegation("f.example.", {}, false)});
  const store::Census census = take_census(reading, parent::test_time());
  EXPECT_EQ(census.parent, zone);
  EXPECT_EQ(census.at, parent::test_time());
  EXPECT_EQ(census.whole, (OperatorShare{"", 6, 3}));
  EXPECT_EQ(census.operators, 4U);
  EXPECT_THAT(census.largest,
              ElementsAre(OperatorShare{"op.test.", 3, 2}, OperatorShare{"", 1, 0},
                          OperatorShare{"other.test.", 1, 1}, OperatorShare{"small.test.", 1, 0}));
}

TEST(Census, AnEmptyZoneHasNobody) {
  const store::Census census = take_census(Snapshot(zone, "1", {}), parent::test_time());
  EXPECT_EQ(census.whole, OperatorShare{});
  EXPECT_THAT(census.largest, IsEmpty());
}

// Of the others only the sums are told.
TEST(Census, TellsOfTheLargestOperatorsAlone) {
  std::vector<Delegation> many;
  for (int i = 0; i < 1'200; ++i) {
    const std::string number = std::to_string(i);
    many.push_back(delegation(number + ".example.", {"ns.op" + number + ".test."}, i % 2 == 0));
  }
  many.push_back(delegation("last.example.", {"ns.op7.test."}, false));
  const store::Census census = take_census(Snapshot(zone, "1", many), parent::test_time());
  EXPECT_EQ(census.whole, (OperatorShare{"", 1'201, 600}));
  EXPECT_EQ(census.operators, 1'200U);
  ASSERT_EQ(census.largest.size(), store::Census::largest_max);
  EXPECT_EQ(census.largest.front(), (OperatorShare{"op7.test.", 2, 0}));
}

class CensusTakerTest : public testing::Test {
 protected:
  std::shared_ptr<const Snapshot> reading(const std::string& revision, int secure) {
    std::vector<Delegation> delegations;
    for (int i = 0; i < 5; ++i) {
      delegations.push_back(
          delegation(std::to_string(i) + ".example.", {"ns.op.test."}, i < secure));
    }
    return std::make_shared<const Snapshot>(zone, revision, delegations);
  }

  // How many are secure by what the store has afterwards.
  std::uint64_t secure_after(const std::shared_ptr<const Snapshot>& reading) {
    Result<void> done = fail("it did not end");
    const auto run = [&]() -> boost::asio::awaitable<void> {
      const Result<void> taken = co_await taker_.take_if_due(reading);
      done = taken;
    };
    boost::asio::co_spawn(context_, run, boost::asio::detached);
    context_.restart();
    context_.run();
    EXPECT_TRUE(done);
    return store_->find_census(zone).value().value().whole.secure;
  }

  parent::TestFolder folder_;
  FixedClock clock_{parent::test_time()};
  std::unique_ptr<store::Store> store_ =
      store::open_store("sqlite:" + (folder_.path() / "store").string(), store::Access::read_write)
          .value();
  boost::asio::io_context context_;
  Proving proving_{context_.get_executor(), std::make_shared<dns::VerifiedSignatures>(), 2};
  CensusTaker taker_{*store_, proving_, clock_};
};

TEST_F(CensusTakerTest, CountsEachReadingButNotOneAfterTheOtherWithoutAPause) {
  EXPECT_EQ(secure_after(reading("1", 1)), 1U);
  EXPECT_EQ(secure_after(reading("2", 2)), 1U);
  clock_.advance(CensusTaker::pause_min);
  EXPECT_EQ(secure_after(reading("2", 2)), 2U);
}

TEST_F(CensusTakerTest, AClockThatIsSetBackKeepsNothingFromBeingCounted) {
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(secure_after(reading("1", 1)), 1U);
  clock_.advance(-std::chrono::hours(24));
  EXPECT_EQ(secure_after(reading("2", 2)), 2U);
}

TEST_F(CensusTakerTest, CountsAReadingOnceForEachDay) {
  EXPECT_EQ(secure_after(reading("1", 1)), 1U);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(secure_after(reading("1", 3)), 1U);
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(secure_after(reading("1", 3)), 3U);
  EXPECT_EQ(store_->census_days(zone, store::Day{})->size(), 2U);
}

}  // namespace
}  // namespace dskeeper::cli
