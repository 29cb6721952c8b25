// design.md, "The source can lag or lie": which reading of the parent everybody works on.
#include "cli/parent_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "parent/test_support.h"

namespace dskeeper::cli {
namespace {

namespace asio = boost::asio;
using parent::name;
using parent::test_delegation;
using std::chrono::hours;
using testing::HasSubstr;

const dns::Name zone = name("example.");

// A server that lags now and then. It tells what it has by its serial.
class LaggingSource final : public parent::Source {
 public:
  std::string revision = "8";
  std::vector<Delegation> delegations = {test_delegation("a.example.", {1}),
                                         test_delegation("b.example.", {1})};
  int readings = 0;

  asio::awaitable<Result<std::shared_ptr<const parent::Snapshot>>> read() override {
    ++readings;
    co_return std::make_shared<const parent::Snapshot>(zone, revision, delegations);
  }
  asio::awaitable<Result<bool>> has_changed(const parent::Snapshot& snapshot) override {
    co_return snapshot.revision() != revision;
  }
  void lag() {
    revision = "7";
    delegations.pop_back();
  }
  void catch_up(const std::string& newer) {
    revision = newer;
    delegations = {test_delegation("a.example.", {1}), test_delegation("c.example.", {1})};
  }
};

class ParentStateTest : public testing::Test {
 protected:
  ParentStateTest() {
    settings_.zone = zone;
    work_.settings = &settings_;
    work_.policy = &policy_;
    auto source = std::make_unique<LaggingSource>();
    source_ = source.get();
    work_.source = std::move(source);
    store_ = store::open_store("sqlite:" + (folder_.path() / "store").string(),
                               store::Access::read_write)
                 .value();
    restart();
  }

  void restart() {
    if (state_) {
      EXPECT_TRUE(state_->ledger().commit());
    }
    state_ = ParentState::load(work_, store_.get(), context_.get_executor(), clock_).value();
  }

  Result<void> run(asio::awaitable<Result<void>> work) {
    Result<void> result;
    asio::co_spawn(context_, std::move(work),
                   [&](const std::exception_ptr& thrown, Result<void> done) {
                     EXPECT_FALSE(thrown);
                     result = std::move(done);
                   });
    context_.restart();
    context_.run();
    return result;
  }
  Result<void> read() { return run(state_->view().read()); }

  // What everybody works on.
  [[nodiscard]] std::string revision() const {
    const auto& snapshot = state_->view().snapshot();
    return snapshot == nullptr ? "none" : snapshot->revision();
  }

  parent::TestFolder folder_;
  asio::io_context context_;
  FixedClock clock_{parent::test_time()};
  Policy policy_;
  ParentSettings settings_;
  ParentWork work_;
  LaggingSource* source_ = nullptr;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ParentState> state_;
};

TEST_F(ParentStateTest, AnOlderReadingLeavesTheNewerOneInPlace) {
  ASSERT_TRUE(read());
  source_->lag();
  EXPECT_TRUE(read()) << "nothing is wrong";
  EXPECT_EQ(revision(), "8");
  EXPECT_TRUE(state_->view().find(name("b.example.")));
  source_->catch_up("9");
  EXPECT_TRUE(read());
  EXPECT_EQ(revision(), "9");
}

// A whole zone is not transferred each second only because one server is behind.
TEST_F(ParentStateTest, WhatIsBehindIsReadAgainMoreAndMoreRarely) {
  ASSERT_TRUE(read());
  source_->lag();
  for (int second = 0; second < 600; ++second) {
    clock_.advance(std::chrono::seconds(1));
    ASSERT_TRUE(run(state_->view().refresh()));
  }
  EXPECT_LE(source_->readings, 12);
  source_->catch_up("9");
  clock_.advance(std::chrono::minutes(5));
  ASSERT_TRUE(run(state_->view().refresh()));
  EXPECT_EQ(revision(), "9");
}

TEST_F(ParentStateTest, AnOlderFirstReadingAfterARestartIsNoneToWorkOn) {
  ASSERT_TRUE(read());
  restart();
  source_->lag();
  const Result<void> refused = read();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(),
              HasSubstr("example.: the source is at revision 7, and 8 was read before."));
  EXPECT_THAT(refused.error().text(), HasSubstr("dskeeper resume --breaker example."));
  EXPECT_EQ(revision(), "none");
  source_->catch_up("8");
  EXPECT_TRUE(read());
  EXPECT_EQ(revision(), "8");
}

TEST_F(ParentStateTest, ASerialThatWasSetBackIsBelievedWhenAPersonSaysSoOrAfterADay) {
  for (const bool says_so : {true, false}) {
    source_->catch_up("9");
    clock_.advance(hours(48));
    ASSERT_TRUE(read());
    restart();
    source_->catch_up("7");
    ASSERT_FALSE(read());
    if (says_so) {
      Act act;
      act.kind = ActKind::resume_breaker;
      act.parent = zone;
      act.actor = "ann";
      ASSERT_TRUE(store_->add_act(act));
    } else {
      clock_.advance(hours(24));
    }
    EXPECT_TRUE(read());
    EXPECT_EQ(revision(), "7");
    ASSERT_TRUE(state_->obey_acts());
  }
}

}  // namespace
}  // namespace dskeeper::cli
