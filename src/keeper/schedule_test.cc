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

TEST(Schedule, WhatWasDueBeforeTheLastLookIsNotDueAtOnceForEver) {
  Case value;
  value.at = start;
  value.outcome = Outcome::retry;
  for (const Time ready_at : {start - hours(1), start}) {
    value.ready_at = ready_at;
    EXPECT_EQ(due_at(value, Policy()), start + seconds(1));
  }
  value.ready_at = start + minutes(5);
  EXPECT_EQ(due_at(value, Policy()), start + minutes(5));
}

TEST(Schedule, AHoldWantsItsLooksInBetweenAndOneAtItsEnd) {
  Timeline t = delay_timeline();
  t.policy.hold = seconds(10);
  const auto due = [&] { return *due_at(t.step.next, t.policy) - start; };
  t.run("0s permit bootstrap A => hold looks=1");
  EXPECT_EQ(due(), Duration(3333));
  t.run("4s permit bootstrap A => hold looks=2");
  EXPECT_EQ(due(), Duration(7333));
  t.run("8s permit bootstrap A => hold looks=3");
  EXPECT_EQ(due(), seconds(10));
  t.run("10s permit bootstrap A => accept");
  EXPECT_FALSE(due_at(t.step.next, t.policy)) << "the next pass is early enough";
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
        now = due_at(t.step.next, t.policy).value() - start;
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
  EXPECT_EQ(due_at(t.step.next, t.policy), start + hours(36));
}

// Looks that found nothing new are not stored, so that a case may be older than its last look.
TEST(Schedule, WhatWaitsForNothingIsNotDueBetweenPasses) {
  for (const char* look : {"idle", "in-sync", "forbid update"}) {
    Timeline t = secure_timeline();
    t.look_for_test(look, hours(0));
    EXPECT_FALSE(due_at(t.step.next, t.policy)) << look;
  }
  Timeline mute = secure_timeline();
  mute.policy.retry.clear();
  mute.run("0h mute => retry ready=never");
  EXPECT_FALSE(due_at(*mute.before, mute.policy));
}

TEST(Schedule, EachSecureChildIsLookedAtInFullOnceInADeepInterval) {
  const Duration deep = hours(7 * 24);
  std::vector<unsigned> looks_by_day(14);
  for (unsigned i = 0; i < 7'000; ++i) {
    const dns::Name child = dns::Name::parse(fmt::format("kid{}.example.", i)).value();
    unsigned looks = 0;
    for (unsigned day = 0; day < looks_by_day.size(); ++day) {
      const Time now = start + hours(24) * (day + 1);
      if (!needs_deep_look(child, deep, now - hours(24), now)) continue;
      ++looks;
      ++looks_by_day[day];
    }
    ASSERT_EQ(looks, 2U) << child.text();
  }
  for (const unsigned looks : looks_by_day) {
    EXPECT_GT(looks, 850U);
    EXPECT_LT(looks, 1'150U);
  }
}

TEST(Schedule, AMissedPassLosesNobodysDeepLook) {
  const dns::Name child = dns::Name::parse("kid.example.").value();
  EXPECT_TRUE(needs_deep_look(child, hours(168), start, start + hours(168)));
  EXPECT_TRUE(needs_deep_look(child, hours(168), start, start + hours(9999)));
  EXPECT_FALSE(needs_deep_look(child, hours(168), start, start));
  EXPECT_FALSE(needs_deep_look(child, hours(168), start, start - hours(999)));
  EXPECT_FALSE(needs_deep_look(child, Duration::zero(), start, start + hours(1)));
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
