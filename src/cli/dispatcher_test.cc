// design.md, "Fresh before sent" and "Nothing is lost", with a sink that answers as the test says.
#include "cli/dispatcher.h"

#include <gtest/gtest.h>

#include "cli/test_dispatcher.h"
#include "store/test_tamper.h"

namespace dskeeper::cli {
namespace {

TEST_F(DispatcherTest, WhatIsDueIsSentInOrder) {
  send_due();
  EXPECT_EQ(sent(), "abc");
  ASSERT_TRUE(open("a.example."));
  EXPECT_TRUE(open("a.example.")->taken_at);
}

// What does not follow is behind for good, where no change of ours comes by.
TEST_F(DispatcherTest, ASinkThatDoesNotFollowItsSourceIsTriedAgainInAMinute) {
  sink_->followings_failed = 2;
  using Row = std::pair<int, int>;
  for (const auto& [minutes, tries] : {Row{0, 1}, Row{0, 1}, Row{1, 2}, Row{1, 3}, Row{1, 3}}) {
    clock_.advance(std::chrono::minutes(minutes));
    run(dispatcher_->follow_source());
    EXPECT_EQ(sink_->followed, tries);
  }
}

// Each row: what has become of the delegation since the change was judged.
TEST_F(DispatcherTest, WhatIsNoLongerAsJudgedIsLookedAtFirst) {
  delegation(0).ds = ds_set(3);
  delegation(1).name_servers.pop_back();
  delegation(2).registration.no_ds = true;
  read_parent();
  clock_.advance(seconds(10));
  send_due();
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(dispatcher_->take_to_be_judged().size(), 3U);
  EXPECT_EQ(open("a.example.")->state, ChangeState::queued);
}

TEST_F(DispatcherTest, AStatusThatBarsStopsWhatIsQueued) {
  policy_.bar_status = {"serverHold"};
  delegation(1).registration.statuses = std::vector<std::string>{"serverHold"};
  read_parent();
  send_due();
  EXPECT_EQ(sent(), "ac");
}

TEST_F(DispatcherTest, WhatVanishedFromTheParentIsNotSent) {
  source_->delegations.erase(source_->delegations.begin());
  read_parent();
  send_due();
  EXPECT_EQ(sent(), "bc");
}

TEST_F(DispatcherTest, AChangeThatIsDecidedOtherwiseWhileAnotherOneIsSentDoesNotLeave) {
  sink_->meanwhile = [this] {
    Case value = *ledger_->find_case(parent::name("b.example."));
    value.outcome = Outcome::suspended;
    ledger_->apply({.cases = {value}, .changes = {}, .events = {}});
  };
  send_due();
  EXPECT_EQ(sent(), "ac");
}

TEST_F(DispatcherTest, WhatAPersonDecidesWhileAnotherOneIsSentBindsTheNext) {
  sink_->meanwhile = [this] {
    if (sink_->sent.size() == 1) suspend("b.example.");
  };
  send_due();
  EXPECT_EQ(sent(), "ac");
  EXPECT_FALSE(open("b.example."));
}

TEST_F(DispatcherTest, AnActIsJournalledOnceThoughTheStoreTakesItLate) {
  ASSERT_TRUE(ledger_->commit());
  suspend("a.example.");
  store::Tamper other(file_);
  other.run("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'full'); END");
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(state_->obey_acts());
  run(dispatcher_->send_due());
  EXPECT_EQ(sent(), "") << "nothing leaves while nothing can be written";
  other.run("DROP TRIGGER full");
  EXPECT_TRUE(state_->obey_acts());
  const std::vector<std::string> entries = journal("a.example.");
  EXPECT_EQ(std::count_if(entries.begin(), entries.end(),
                          [](const std::string& entry) {
                            return entry.find("was suspended by") != std::string::npos;
                          }),
            1);
  EXPECT_TRUE(store_->pending_acts(zone).value().empty());
}

TEST_F(DispatcherTest, AJudgementOlderThanTenMinutesIsMadeAgainFirst) {
  clock_.advance(std::chrono::minutes(11));
  send_due();
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(dispatcher_->take_to_be_judged().size(), 3U);
}

// A scan of hours must not leave for ever what it judged in its first part.
TEST_F(DispatcherTest, AScanLooksAgainAtWhatHasGrownOldAndSendsIt) {
  clock_.advance(std::chrono::minutes(11));
  std::vector<std::size_t> looked_at;
  const Dispatcher::Freshen freshen =
      [&](std::vector<dns::Name> stale) -> asio::awaitable<Result<void>> {
    looked_at.push_back(stale.size());
    EXPECT_EQ(sent(), "") << "first it is made fresh";
    for (const dns::Name& child : stale) {
      Change change = *ledger_->open_change(child);
      change.judged_at = clock_.now();
      ledger_->apply({.cases = {}, .changes = {change}, .events = {}});
    }
    co_return Result<void>();
  };
  sink_->results = {{SendStatus::failed, "no", false},
                    {SendStatus::failed, "no", false},
                    {SendStatus::failed, "no", false}};
  run(dispatcher_->send_and_confirm(freshen));
  EXPECT_EQ(looked_at, (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(sent(), "abc");
}

// As where a person has suspended the child while the scan was under way.
TEST_F(DispatcherTest, AScanObeysBeforeItSends) {
  const Dispatcher::Freshen freshen =
      [&](const std::vector<dns::Name>&) -> asio::awaitable<Result<void>> {
    Case value = *ledger_->find_case(parent::name("b.example."));
    value.outcome = Outcome::suspended;
    ledger_->apply({.cases = {value}, .changes = {}, .events = {}});
    co_return Result<void>();
  };
  sink_->results = {{SendStatus::failed, "no", false}, {SendStatus::failed, "no", false}};
  run(dispatcher_->send_and_confirm(freshen));
  EXPECT_EQ(sent(), "ac");
}

TEST_F(DispatcherTest, WhereNobodyIsThereOneChangeIsTriedAndTheOthersWait) {
  sink_->results = {{SendStatus::unknown, "no answer", true},
                    {SendStatus::unknown, "no answer", true}};
  send_due();
  EXPECT_EQ(sent(), "a");
  EXPECT_EQ(open("b.example.")->state, ChangeState::queued);
  EXPECT_EQ(open("b.example.")->reason, "not sent: no answer");
  EXPECT_EQ(open("b.example.")->attempts, 0U);
  send_due();
  EXPECT_EQ(sent(), "a") << "not before the pause is over";
  clock_.advance(seconds(2));
  send_due();
  EXPECT_EQ(sent(), "aa");
  clock_.advance(seconds(2));
  send_due();
  EXPECT_EQ(sent(), "aaa") << "which is taken";
  send_due();
  EXPECT_EQ(sent(), "aaabc") << "as soon as somebody answers, all go out";
}

TEST_F(DispatcherTest, TheJournalCallsNothingSentThatDidNotLeave) {
  sink_->results = {{SendStatus::later, "connection refused", true}};
  send_due();
  for (const char* child : {"a.example.", "b.example."}) {
    for (const std::string& sentence : journal(child)) {
      EXPECT_EQ(sentence.find("was sent"), std::string::npos) << sentence;
    }
  }
  EXPECT_EQ(open("a.example.")->state, ChangeState::queued);
}

TEST_F(DispatcherTest, ThePaceIsKept) {
  settings_.changes_per_minute = 2;
  send_due();
  EXPECT_EQ(sent(), "ab");
  clock_.advance(seconds(59));
  send_due();
  EXPECT_EQ(sent(), "ab");
  clock_.advance(seconds(1));
  send_due();
  EXPECT_EQ(sent(), "abc");
}

TEST_F(DispatcherTest, WhoDoesNotConfirmKeepsNobodyElseWaitingForAllOfIt) {
  send_due();
  auto silent = std::make_unique<SilentConfirmation>(clock_);
  const SilentConfirmation& confirmation = *silent;
  work_.confirmation = std::move(silent);
  settings_.confirm = {Endpoint::parse("192.0.2.1", 53).value()};
  clock_.advance(std::chrono::minutes(1));
  run(dispatcher_->confirm_sent());
  EXPECT_EQ(confirmation.asked, "ab");
  run(dispatcher_->confirm_sent());
  EXPECT_EQ(confirmation.asked, "abc") << "each has its turn";
}

TEST_F(DispatcherTest, AfterAStopNothingLeaves) {
  sink_->meanwhile = [this] { dispatcher_->stop(); };
  send_due();
  EXPECT_EQ(sent(), "a");
}

}  // namespace
}  // namespace dskeeper::cli
