// RFC 8078 §3.3, accept after delay: timelines.
#include "keeper/hold.h"

#include <gtest/gtest.h>

#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// [8078-2]
TEST(Rfc8078, S3_3_AFirstDsIsAcceptedAfterTheHold) {
  Timeline t = delay_timeline();
  t.run(R"(
    0h   permit bootstrap A => hold looks=1 ready=72h +hold-running no-change
    24h  permit bootstrap A => hold looks=2 ready=72h no-change
    48h  permit bootstrap A => hold looks=3 ready=72h no-change
    71h  permit bootstrap A => hold looks=4 ready=72h no-change
    72h  permit bootstrap A => accept looks=4 ready=never -hold-running queues
  )");
  EXPECT_EQ(t.step.next.first_valid_at, timeline_start);
  EXPECT_EQ(t.step.next.last_valid_at, timeline_start + hours(72));
  EXPECT_EQ(t.count(EventKind::look), 4U);
  ASSERT_TRUE(t.step.queue);
  EXPECT_EQ(t.step.queue->ttl, dns::Ttl{600});
  EXPECT_TRUE(t.step.queue->before.empty());
  EXPECT_EQ(t.step.queue->after, named_set("A"));
}

// [8078-2]
TEST(Rfc8078, S3_3_AChangeAtHour71StartsTheHoldAnew) {
  delay_timeline().run(R"(
    0h   permit bootstrap A => hold looks=1
    24h  permit bootstrap A => hold looks=2
    48h  permit bootstrap A => hold looks=3
    71h  permit bootstrap B => hold looks=1 ready=143h +hold-restarted
    72h  permit bootstrap A => hold looks=1 ready=144h +hold-restarted
    96h  permit bootstrap A => hold looks=2 -hold-restarted
    120h permit bootstrap A => hold looks=3
    144h permit bootstrap A => accept queues
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_AnotherAnswerAtHour71StartsTheHoldAnew) {
  for (const char* look : {"idle", "differ bootstrap", "forbid bootstrap"}) {
    SCOPED_TRACE(look);
    Timeline t = delay_timeline();
    t.run(R"(
      0h   permit bootstrap A => hold looks=1
      24h  permit bootstrap A => hold looks=2
      48h  permit bootstrap A => hold looks=3
    )");
    t.look_for_test(look, hours(71));
    EXPECT_FALSE(t.step.next.hold);
    t.run("72h permit bootstrap A => hold looks=1 ready=144h no-change");
  }
}

// [8078-2]
TEST(Rfc8078, S3_3_ALookMissedNeitherCountsNorResets) {
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    24h  permit bootstrap A  => hold looks=2
    48h  silence bootstrap A => retry looks=2 +server-silent ready=2885m
    2885m permit bootstrap A => hold looks=3 ready=72h -server-silent
    72h  permit bootstrap A  => accept queues
  )");
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    24h  mute                => retry looks=1
    30h  permit bootstrap A  => hold looks=2
    54h  permit bootstrap A  => hold looks=3
    72h  mute                => retry looks=3
    73h  permit bootstrap A  => accept
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_SilenceDoesNotHideThatAnotherServerHasChangedItsMind) {
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    24h  silence bootstrap B => retry looks=0 +hold-restarted
    25h  permit bootstrap A  => hold looks=1 ready=97h
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_ALongerGapStartsTheHoldAnew) {
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    36h  permit bootstrap A  => hold looks=2
    73h  permit bootstrap A  => hold looks=1 +hold-restarted ready=145h
  )");
  // Looks that failed fill no gap.
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    24h  silence bootstrap A => retry looks=1
    37h  permit bootstrap A  => hold looks=1 +hold-restarted
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_ManyLooksAtOnceCountAsOne) {
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    1h   permit bootstrap A  => hold looks=1
    2h   permit bootstrap A  => hold looks=1
    12h  permit bootstrap A  => hold looks=2
    40h  permit bootstrap A  => hold looks=3
    71h  permit bootstrap A  => hold looks=4
    73h  permit bootstrap A  => accept looks=4
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_TimeAloneIsNotEnoughWithoutTheLooks) {
  Timeline t = delay_timeline();
  t.policy.looks = 5;
  t.run(R"(
    0h   permit bootstrap A  => hold looks=1
    36h  permit bootstrap A  => hold looks=2
    72h  permit bootstrap A  => hold looks=3 ready=5184m
    74h  permit bootstrap A  => hold looks=3
    80h  permit bootstrap A  => hold looks=4
    88h  permit bootstrap A  => accept looks=5 queues
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_TheSameLookNeverCountsTwice) {
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    24h  permit bootstrap A  => hold looks=2
    48h  permit bootstrap A same-look => hold looks=2
    49h  permit bootstrap A  => hold looks=3
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_AFlappingServerNeverCompletesAHold) {
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    24h  differ bootstrap    => retry looks=0 ready=1445m
    25h  permit bootstrap A  => hold looks=1
    49h  differ bootstrap    => retry looks=0
    50h  permit bootstrap A  => hold looks=1
    74h  permit bootstrap A  => hold looks=2
    98h  permit bootstrap A  => hold looks=3
    121h differ bootstrap    => retry looks=0 no-change
    122h permit bootstrap A  => hold looks=1 no-change
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_AnyChangeOfTheDelegationStartsTheHoldAnew) {
  for (const char* change :
       {"ns=ns1,ns3", "ns=ns8,ns9", "glue=192.0.2.9", "sponsor=other", "roid=R2"}) {
    SCOPED_TRACE(change);
    Timeline t = delay_timeline();
    t.run("0h set sponsor=one roid=R1");
    t.run(R"(
      0h   permit bootstrap A  => hold looks=1
      24h  permit bootstrap A  => hold looks=2
      48h  permit bootstrap A  => hold looks=3
    )");
    t.run(std::string("60h set ") + change);
    t.run("72h permit bootstrap A => hold looks=1 ready=144h +hold-restarted no-change");
  }
}

// [8078-2]
TEST(Rfc8078, S3_3_AChangeOfTheDelegationIsNotForgottenBehindAFailedLook) {
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    24h  permit bootstrap A  => hold looks=2
    30h  set ns=ns1,ns3
    48h  silence bootstrap A => retry looks=0
    49h  permit bootstrap A  => hold looks=1 ready=121h
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_ALookThatEndedEarlyNeverCounts) {
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    24h  permit bootstrap A  => hold looks=2
    48h  idle early          => retry looks=0 ready=48h no-change
    49h  permit bootstrap A  => hold looks=1 ready=121h
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_ShortHoldsWorkToo) {
  Timeline t = delay_timeline();
  t.policy.hold = seconds(10);
  t.run(R"(
    0s   permit bootstrap A  => hold looks=1 ready=10s
    3s   permit bootstrap A  => hold looks=2 ready=10s
    6s   permit bootstrap A  => hold looks=3 ready=10s
    10s  permit bootstrap A  => accept queues
  )");
  Timeline late = delay_timeline();
  late.policy.hold = seconds(10);
  late.run(R"(
    0s   permit bootstrap A  => hold looks=1
    6s   permit bootstrap A  => hold looks=1 +hold-restarted
  )");
}

// [8078-2]
TEST(Rfc8078, S3_3_DailyPassesCompleteAHoldOfSevenDays) {
  Timeline t = delay_timeline();
  t.policy.hold = hours(7 * 24);
  for (int day = 0; day < 7; ++day) {
    t.run(fmt::format("{}h permit bootstrap A => hold looks={}", day * 24, day + 1));
  }
  t.run("168h permit bootstrap A => accept queues");
}

// [8078-6]
TEST(Rfc8078, S5_AllVantagePointsMustHaveSeenALookThatCounts) {
  Timeline t = delay_timeline();
  t.vantages_configured = 2;
  t.run(R"(
    0h   permit bootstrap A            => hold looks=0 +vantages-missing ready=never
    24h  permit bootstrap A vantages=2 => hold looks=1 -vantages-missing ready=96h
    48h  permit bootstrap A vantages=1 => hold looks=1 +vantages-missing
    60h  permit bootstrap A vantages=2 => hold looks=2
    84h  permit bootstrap A vantages=2 => hold looks=3
    96h  permit bootstrap A vantages=1 => hold +vantages-missing no-change
    97h  permit bootstrap A vantages=2 => accept queues
  )");
}

// [8078-6]
TEST(Rfc8078, S5_AnotherAnswerResetsAHoldFromAnyVantagePoint) {
  Timeline t = delay_timeline();
  t.vantages_configured = 2;
  t.run(R"(
    0h   permit bootstrap A vantages=2 => hold looks=1
    24h  permit bootstrap A vantages=2 => hold looks=2
    48h  permit bootstrap A vantages=2 => hold looks=3
    60h  permit bootstrap B vantages=1 => hold looks=0 +vantages-missing +hold-restarted
    72h  permit bootstrap A vantages=2 => hold looks=1 ready=144h no-change
  )");
}

// [8078-2]
// Facts that are missing in one reading are unknown, not another.
TEST(Rfc8078, S3_3_AMoveToAnotherSponsorIsSeenBehindAReadingWithoutFacts) {
  for (const char* fact : {"sponsor=", "roid="}) {
    SCOPED_TRACE(fact);
    Timeline t = delay_timeline();
    t.run(fmt::format(R"(
      0h   set {0}one
      0h   permit bootstrap A => hold looks=1
      24h  set {0}
      24h  permit bootstrap A => hold looks=2
      48h  set {0}one
      48h  permit bootstrap A => hold looks=3 -hold-restarted
      60h  set {0}
      60h  permit bootstrap A => hold looks=4
      72h  set {0}two
      72h  permit bootstrap A => hold looks=1 +hold-restarted
    )",
                      fact));
  }
}

// [8078-2]
TEST(Rfc8078, S3_WithoutDelayInThePolicyAnUnsignedChildIsRefused) {
  Timeline t;
  t.run("0h permit bootstrap A => refuse +bootstrap-off no-change");
}

// [10026-35]
TEST(Rfc10026, S7_1_5_NoFirstDsWhereTheRegistrarHasNoWayOut) {
  delay_timeline().run(R"(
    0h   permit bootstrap A  => hold looks=1
    1h   set no-exit
    24h  permit bootstrap A  => refuse looks=0 +bootstrap-barred no-change
    25h  set exit-unknown
    25h  permit bootstrap A  => refuse +bootstrap-barred no-change
    26h  set sponsor=two
    26h  permit bootstrap A  => refuse +bootstrap-barred no-change
    27h  set sponsor=three
    27h  permit bootstrap A  => hold -bootstrap-barred
  )");
}

TEST(HoldGaps, LeaveRoomForAPassADay) {
  struct Row {
    Duration hold;
    unsigned looks;
    Duration min, max, planned;
  };
  for (const Row& row : {Row{hours(72), 3, hours(12), hours(36), hours(24)},
                         Row{hours(168), 3, hours(18), hours(36), hours(27)},
                         Row{hours(72), 10, minutes(216), hours(36), minutes(432)},
                         Row{hours(72), 0, hours(18), hours(36), hours(27)},
                         Row{seconds(12), 3, seconds(2), seconds(6), seconds(4)}}) {
    Policy policy;
    policy.hold = row.hold;
    policy.looks = row.looks;
    const HoldGaps gaps = hold_gaps(policy);
    EXPECT_EQ(gaps.min, row.min);
    EXPECT_EQ(gaps.max, row.max);
    EXPECT_EQ(gaps.planned, row.planned);
  }
}

}  // namespace
}  // namespace dskeeper::keeper
