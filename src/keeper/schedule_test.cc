#include "keeper/schedule.h"

#include <gtest/gtest.h>

#include "keeper/hold.h"
#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time start = timeline_start;

TEST(Schedule, AChildIsDueAfterTheIntervalOrWhenItIsReady) {
  EXPECT_EQ(due_at(hours(24), start, std::nullopt), start + hours(24));
  EXPECT_EQ(due_at(hours(24), start, start + minutes(5)), start + minutes(5));
  EXPECT_EQ(due_at(hours(24), start, start + hours(72)), start + hours(24));
}

TEST(Schedule, WhatWasDueBeforeTheLastLookIsNotDueAtOnceForEver) {
  EXPECT_EQ(due_at(hours(24), start, start - hours(1)), start + seconds(1));
  EXPECT_EQ(due_at(hours(24), start, start), start + seconds(1));
  EXPECT_EQ(due_at(Duration(100), start, start), start + Duration(100));
}

TEST(Schedule, AHoldWantsItsLooksInBetweenAndOneAtItsEnd) {
  Timeline t = delay_timeline();
  t.policy.hold = seconds(10);
  const auto due = [&] { return due_at(t.step.next, t.policy, hours(24)) - start; };
  t.run("0s permit bootstrap A => hold looks=1");
  EXPECT_EQ(due(), Duration(3333));
  t.run("4s permit bootstrap A => hold looks=2");
  EXPECT_EQ(due(), Duration(7333));
  t.run("8s permit bootstrap A => hold looks=3");
  EXPECT_EQ(due(), seconds(10));
  t.run("10s permit bootstrap A => accept");
  EXPECT_EQ(due(), seconds(10) + hours(24));
}

TEST(Schedule, FollowingItCompletesAnyHold) {
  for (const unsigned looks : {0U, 1U, 2U, 3U, 5U, 10U, 40U}) {
    for (const Duration hold : {Duration(seconds(10)), Duration(hours(2)), Duration(hours(72)),
                                Duration(hours(168)), Duration(hours(1000))}) {
      SCOPED_TRACE(fmt::format("{} looks in {}", looks, format_duration(hold)));
      Timeline t = delay_timeline();
      t.policy.hold = hold;
      t.policy.looks = looks;
      Duration now = Duration::zero();
      unsigned made = 0;
      for (; made < 200; ++made) {
        t.look_for_test("permit bootstrap A", now);
        if (t.step.next.outcome != Outcome::hold) break;
        now = due_at(t.step.next, t.policy, hours(24)) - start;
      }
      EXPECT_EQ(t.step.next.outcome, Outcome::accept);
      EXPECT_GE(now, hold);
      EXPECT_LE(now, hold + hold_gaps(t.policy).max);
      EXPECT_GE(made + 1, looks);
    }
  }
}

TEST(Schedule, ALookThatCannotCountIsNotRepeatedAtOnce) {
  Timeline t = delay_timeline();
  t.vantages_configured = 2;
  t.run(R"(
    0h  permit bootstrap A vantages=2 => hold looks=1
    24h permit bootstrap A vantages=1 => hold looks=1
  )");
  EXPECT_EQ(due_at(t.step.next, t.policy, hours(24)), start + hours(36));
}

TEST(Schedule, AnOpenRequestIsLookedAtInFull) {
  EXPECT_FALSE(needs_full_look(std::nullopt));
  Case value;
  for (const auto& [outcome, is_full] :
       std::initializer_list<std::pair<Outcome, bool>>{{Outcome::idle, false},
                                                       {Outcome::in_sync, false},
                                                       {Outcome::accept, true},
                                                       {Outcome::hold, true},
                                                       {Outcome::refuse, true},
                                                       {Outcome::retry, true},
                                                       {Outcome::suspended, false}}) {
    value.outcome = outcome;
    EXPECT_EQ(needs_full_look(value), is_full) << to_text(outcome);
  }
}

}  // namespace
}  // namespace dskeeper::keeper
