// Whether a fault of the resolver's own is told from everybody else's, against a signed zone.
#include "survey/resolver_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>

#include "cli/test_signed_root.h"

namespace dskeeper::cli {
namespace {

using boost::asio::awaitable;
using rules::test::TestKey;
using testing::ElementsAre;
using testing::HasSubstr;

class ResolverCheckTest : public testing::Test {
 protected:
  ResolverCheckTest() {
    std::string pattern = "/tmp/dskeeper-test-XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    options_.trust_anchor = folder_ / "root.key";
    options_.forward_to = Endpoint{IpAddress::parse("127.0.0.1").value(), net::free_port()};
    options_.permit = {IpPrefix::parse("127.0.0.0/8").value()};
    trust(root_.key);
  }
  ~ResolverCheckTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void trust(const TestKey& key) {
    const auto ds = dns::make_ds({}, key.record(), dns::DigestType::sha256).value();
    anchors_ = {{dns::Name(), ds}};
    std::ofstream(options_.trust_anchor) << ". IN DS " << ds.text() << "\n";
  }

  // What so many looks find, one after the other.
  std::vector<ResolverHealth> look(std::size_t times = 1) {
    net::FakeServer server(io_, "127.0.0.1", options_.forward_to->port,
                           [this](const net::FakeQuery& query) {
                             ++asked_;
                             if (!fails_) return root_.answer(query);
                             net::FakeMessage message;
                             message.rcode = dns::Rcode::servfail;
                             return net::reply_with(query, message);
                           });
    survey::ResolverCheck check(
        [this] { return net::Resolver::create(io_.get_executor(), options_); }, anchors_);
    std::vector<ResolverHealth> found;
    boost::asio::co_spawn(io_, look_and_end(check, server, times, found),
                          [](const std::exception_ptr& error) {
                            if (error) std::rethrow_exception(error);
                          });
    io_.run();
    return found;
  }
  awaitable<void> look_and_end(survey::ResolverCheck& check, net::FakeServer& server,
                               std::size_t times, std::vector<ResolverHealth>& found) {
    for (std::size_t i = 0; i < times; ++i) {
      ResolverHealth health = co_await check.look(clock_);
      found.push_back(std::move(health));
    }
    co_await check.close();
    server.stop();
  }

  boost::asio::io_context io_{1};
  SystemClock clock_;
  test::SignedRoot root_;
  TestKey other_{2};
  std::filesystem::path folder_;
  net::ResolverOptions options_;
  std::vector<TrustAnchor> anchors_;
  bool fails_ = false;
  std::size_t asked_ = 0;
};

TEST_F(ResolverCheckTest, WhereTheKeysValidateThereIsNoFault) {
  EXPECT_EQ(look().at(0), ResolverHealth());
}

TEST_F(ResolverCheckTest, AnAnchorThatNamesNoKeyIsWrong) {
  trust(other_);
  const ResolverHealth found = look().at(0);
  EXPECT_EQ(found.fault, ResolverFault::wrong_anchor);
  EXPECT_THAT(found.facts, ElementsAre("the root zone"));
}

// Whoever of the two is a year off: for us it is our clock, since the anchor is right.
TEST_F(ResolverCheckTest, AClockThatIsAYearOffIsWrong) {
  for (const int days : {-365, 365}) {
    root_.clock_difference = std::chrono::days(days);
    io_.restart();
    const ResolverHealth found = look().at(0);
    EXPECT_EQ(found.fault, ResolverFault::wrong_clock) << days;
    ASSERT_EQ(found.facts.size(), 4U);
    EXPECT_EQ(found.facts[1], "the root zone");
    EXPECT_LT(found.facts[2], found.facts[3]);
    EXPECT_EQ(found.facts[0]<found.facts[2], days> 0);
  }
}

TEST_F(ResolverCheckTest, AnAnchorAndAClockThatAreBothWrong_TheAnchorIsNamed) {
  trust(other_);
  root_.clock_difference = std::chrono::days(365);
  EXPECT_EQ(look().at(0).fault, ResolverFault::wrong_anchor);
}

TEST_F(ResolverCheckTest, NobodyWhoAnswersIsSilence) {
  fails_ = true;
  const ResolverHealth found = look().at(0);
  EXPECT_EQ(found.fault, ResolverFault::silent);
  ASSERT_EQ(found.facts.size(), 2U);
  EXPECT_THAT(found.facts[1], HasSubstr("SERVFAIL"));
}

TEST_F(ResolverCheckTest, IsNotAskedForEachLook) {
  look(3);
  const std::size_t for_many = asked_;
  asked_ = 0;
  io_.restart();
  look();
  EXPECT_EQ(for_many, asked_);
}

}  // namespace
}  // namespace dskeeper::cli
