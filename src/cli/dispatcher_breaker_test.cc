// design.md, the breaker: what it lets out of the outbox, over a restart and a person's word.
#include <gtest/gtest.h>

#include "cli/test_dispatcher.h"

namespace dskeeper::cli {
namespace {

class BreakerTest : public DispatcherTest {
 protected:
  // Queues the three changes again, now that two a day are allowed.
  void trip(Duration between = seconds(1)) {
    policy_.breaker = {.delete_share = 0,
                       .delete_min = 20,
                       .change_share = 0,
                       .change_min = 2,
                       .operator_share = 0,
                       .operator_min = 2};
    for (const char* child : {"a.example.", "b.example.", "c.example."}) {
      clock_.advance(between);
      Change change = *open(child);
      change.queued_at = change.judged_at = clock_.now();
      store::Batch batch;
      batch.changes.push_back(change);
      state_->take_queued(change, batch);
      ledger_->apply(std::move(batch));
    }
    ASSERT_TRUE(ledger_->commit());
  }
  void resume() {
    Act act;
    act.kind = ActKind::resume_breaker;
    act.parent = act.child = zone;
    act.at = clock_.now();
    act.actor = "alice";
    ASSERT_TRUE(store_->add_act(act));
    ASSERT_TRUE(state_->obey_acts());
  }
};

TEST_F(BreakerTest, TheOneThatCrossesWaitsAndEarlierOnesStand) {
  trip();
  send_due();
  EXPECT_EQ(sent(), "ab");
  EXPECT_EQ(store_->breakers(zone, clock_.now()).value().size(), 1U);
}

// design.md: the one that crosses waits; of those queued in its very instant none is earlier.
TEST_F(BreakerTest, WhoIsQueuedInTheInstantOfTheTripWaitsAndItsCaseSaysSo) {
  trip(seconds(0));
  send_due();
  EXPECT_EQ(sent(), "");
  for (const char* child : {"a.example.", "b.example."}) {
    const std::optional<Case> value = ledger_->find_case(parent::name(child));
    ASSERT_TRUE(value);
    EXPECT_TRUE(std::any_of(
        value->findings.begin(), value->findings.end(),
        [](const Finding& finding) { return finding.code == FindingCode::breaker_open; }))
        << child;
  }
}

TEST_F(BreakerTest, ItSurvivesARestart) {
  trip();
  state_ = ParentState::load(work_, store_.get(), context_.get_executor(), clock_).value();
  ledger_ = &state_->ledger();
  dispatcher_ = std::make_unique<Dispatcher>(*state_, clock_);
  read_parent();
  send_due();
  EXPECT_EQ(sent(), "ab");
}

TEST_F(BreakerTest, WhatAPersonReleasesIsLookedAtBeforeItLeaves) {
  trip();
  send_due();
  resume();
  clock_.advance(seconds(10));
  send_due();
  EXPECT_EQ(sent(), "ab");
  const std::vector<dns::Name> due = dispatcher_->take_to_be_judged();
  EXPECT_EQ(due, std::vector<dns::Name>{parent::name("c.example.")});
  EXPECT_TRUE(store_->pending_acts(zone).value().empty());
}

}  // namespace
}  // namespace dskeeper::cli
