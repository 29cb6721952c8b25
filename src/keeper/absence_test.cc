// Names that vanish and return, and DS sets that vanish where nobody looked. Timelines.
#include "keeper/absence.h"

#include <gtest/gtest.h>

#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

using std::chrono::hours;

void vanish(Timeline& t, Duration after) {
  t.step = leave(*t.before, t.outbox, timeline_start + after);
  t.before = t.step.next;
  if (t.step.supersede_queued) t.outbox.reset();
}

TEST(Absence, EndsAHoldAndTheNameReturnsAsANewCase) {
  Timeline t = delay_timeline();
  t.run(R"(
    0h   permit bootstrap A => hold looks=1
    24h  permit bootstrap A => hold looks=2
    48h  permit bootstrap A => hold looks=3
  )");
  vanish(t, hours(60));
  EXPECT_TRUE(t.step.is_worth_storing);
  EXPECT_EQ(t.step.events.size(), 1U);
  EXPECT_FALSE(t.before->hold);
  EXPECT_EQ(t.before->outcome, Outcome::idle);
  t.run("72h permit bootstrap A => hold looks=1 ready=144h no-change");
  EXPECT_FALSE(t.before->absent_since);
}

TEST(Absence, WithdrawsTheQueuedChangeAndForgetsTheWatermark) {
  Timeline t = secure_timeline();
  t.run("0h permit update B signed=-1h => accept queues");
  vanish(t, hours(1));
  EXPECT_FALSE(t.outbox);
  EXPECT_EQ(t.before->change->state, ChangeState::failed);
  t.run("2h permit update C signed=-9h => accept queues");
}

TEST(Absence, IsNewsOnce) {
  Timeline t = secure_timeline();
  t.run("0h forbid update => refuse");
  vanish(t, hours(1));
  vanish(t, hours(2));
  EXPECT_FALSE(t.step.is_worth_storing);
  EXPECT_TRUE(t.step.events.empty());
  EXPECT_EQ(t.step.next.absent_since, timeline_start + hours(1));
}

TEST(Absence, AwaitsWhatIsSentAndEndsWhatComesBackToTheQueue) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h permit update B => accept queues
    0h send unknown
  )");
  vanish(t, hours(1));
  EXPECT_TRUE(t.outbox);
  t.run("1h ask not-yet");
  ASSERT_EQ(t.outbox->state, ChangeState::queued);
  vanish(t, hours(2));
  EXPECT_FALSE(t.outbox);
  EXPECT_TRUE(t.step.is_worth_storing);
}

// [10026-32]
TEST(Absence, EndsTheAutomaticSuspensionAndLeavesTheOperators) {
  Timeline removed = delay_timeline();
  removed.run(R"(
    0h  set ds=A
    0h  permit update B    => accept
    1h  set ds=none revision=101
    1h  permit bootstrap B => suspended
  )");
  vanish(removed, hours(2));
  removed.run("3h permit bootstrap B => hold free looks=1");

  Timeline suspended = secure_timeline();
  suspended.run("0h act suspend");
  vanish(suspended, hours(2));
  EXPECT_EQ(suspended.before->outcome, Outcome::suspended);
  suspended.run("3h permit update B => suspended suspended");
}

// A secure name that vanished and returns unsigned was not robbed of its DS set.
TEST(Absence, WhatReturnsUnsignedIsNotSuspended) {
  Timeline t = delay_timeline();
  t.run(R"(
    0h  set ds=A
    0h  forbid update => refuse
  )");
  vanish(t, hours(2));
  t.run(R"(
    3h  set ds=none revision=101
    3h  permit bootstrap B => hold free looks=1
  )");
  EXPECT_EQ(t.count(EventKind::transition), 2U) << "the refusal and the hold";
}

// [10026-32]
TEST(Rfc10026, S7_1_3_RemovalOutOfBandSuspendsAChildThatWasNeverStored) {
  Timeline t = delay_timeline();
  const Delegation unsigned_child = t.delegation;
  Delegation secure = unsigned_child;
  secure.ds = named_set("A");
  EXPECT_FALSE(notice_removal(&secure, secure, t.policy, timeline_start));
  EXPECT_FALSE(notice_removal(&unsigned_child, secure, t.policy, timeline_start));
  const auto step = notice_removal(&secure, unsigned_child, t.policy, timeline_start);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->events.size(), 1U);
  t.before = step->next;
  t.run(R"(
    1h  permit bootstrap B => suspended +suspended no-change
    2h  set ds=C
    2h  permit update B    => accept free
  )");
  secure.registration.roid = "R1";
  Delegation anew = unsigned_child;
  anew.registration.roid = "R2";
  EXPECT_FALSE(notice_removal(&secure, anew, t.policy, timeline_start));
}

}  // namespace
}  // namespace dskeeper::keeper
