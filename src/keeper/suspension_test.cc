// RFC 10026 §6 and §7: who has the DS set, and when automation is off. Timelines.
#include <gtest/gtest.h>

#include "keeper/suspension.h"
#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

// [10026-32]
TEST(Rfc10026, S7_1_3_RemovalOutOfBandSuspends) {
  Timeline t = delay_timeline();
  t.delegation.ds = named_set("A");
  t.run(R"(
    0h   permit update B    => accept queues
    1h   send taken
    2h   ask stands
    3h   set ds=B revision=101
    4h   in-sync            => in-sync free
    5h   set ds=none revision=102
    6h   permit bootstrap B => suspended suspended +suspended no-change
    30h  permit bootstrap B => suspended quiet unstored
    99h  permit bootstrap B => suspended
  )");
}

// [10026-33]
TEST(Rfc10026, S7_1_4_AnyDsByAnyChannelEndsIt) {
  delay_timeline().run(R"(
    0h   set ds=A
    0h   permit update B    => accept
    1h   set ds=none
    2h   permit bootstrap B => suspended supersedes
    3h   set ds=C
    4h   permit update B    => accept free -suspended queues
  )");
}

// [10026-32]
TEST(Rfc10026, S7_1_3_DeleteInBandNeverSuspends) {
  Timeline t = delay_timeline();
  t.delegation.ds = named_set("A");
  t.run(R"(
    0h   permit delete none => accept queues
    1h   send taken
    2h   ask stands
    3h   set ds=none revision=101
    4h   idle               => idle free no-change
    28h  permit bootstrap B => hold free looks=1
  )");
}

// [10026-32]
TEST(Rfc10026, S7_1_3_DeleteInBandNeverSuspendsAlsoBeforeItIsConfirmed) {
  for (const char* sent : {"taken", "unknown"}) {
    SCOPED_TRACE(sent);
    Timeline t = secure_timeline();
    t.run("0h permit delete none => accept queues");
    t.run(std::string("1h send ") + sent);
    t.run(R"(
      2h   set ds=none revision=101
      3h   idle => idle free
    )");
  }
}

// [10026-32]
// The sending lost its answer, the change ended, a newer one took its place; and it was applied.
TEST(Rfc10026, S7_1_3_DeleteThatEndedWithoutAnAnswerNeverSuspends) {
  for (const char* ending : {"7m forbid update => refuse", "7m permit update C => accept queues",
                             "7m differ update => retry", "7m idle => idle"}) {
    SCOPED_TRACE(ending);
    Timeline t = secure_timeline();
    t.run(R"(
      0m   permit delete none => accept queues
      1m   send unknown
      2m   send not-as-judged
    )");
    t.run(ending);
    t.run(R"(
      2h   set ds=none revision=101
      3h   idle => idle free
      4h   idle => idle free
    )");
  }
}

// [10026-32]
TEST(Rfc10026, S7_1_3_DeleteWhoseSendingWasCutByACrashNeverSuspends) {
  secure_timeline().run(R"(
    0m   permit delete none => accept queues
    1m   send nothing
    13m  ask not-yet
    14m  permit update C    => accept supersedes queues
    2h   set ds=none revision=101
    3h   idle               => idle free
  )");
}

// [10026-32]
TEST(Rfc10026, S7_1_3_DeleteThatWasNotAppliedIsNoExcuseForEver) {
  secure_timeline().run(R"(
    0m   permit delete none => accept queues
    1m   send unknown
    2m   send not-as-judged
    7m   idle               => idle
    26h  set revision=101
    26h  idle               => idle
    48h  set ds=none revision=102
    48h  idle               => suspended
  )");
}

// [10026-32]
TEST(Rfc10026, S7_1_3_ARemovalAfterOurOwnWasUndoneSuspends) {
  for (const char* set : {"A", "C"}) {
    SCOPED_TRACE(set);
    Timeline t = secure_timeline();
    t.run(R"(
      0h   permit delete none => accept queues
      0h   send taken
      0h   ask stands
      1h   set ds=none revision=101
      1h   idle               => idle free
    )");
    t.run(fmt::format("48h set ds={} revision=102", set));
    t.run(R"(
      48h  idle               => idle free
      72h  set ds=none revision=103
      72h  idle               => suspended
    )");
  }
}

// [10026-32]
TEST(Rfc10026, S7_1_3_DeleteThatWasOnlyQueuedIsNotTheCause) {
  secure_timeline().run(R"(
    0h   permit delete none => accept queues
    2h   set ds=none revision=101
    3h   idle               => suspended supersedes
  )");
}

// [10026-33]
TEST(Rfc10026, S7_1_4_ChangeToAnotherSetOutOfBandNeverSuspends) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h   permit update B => accept queues
    1h   set ds=C revision=101
    2h   forbid update   => refuse free supersedes
  )");
  EXPECT_NE(t.step.events.front().summary.find("by other means"), std::string::npos);
}

// [10026-32]
TEST(Rfc10026, S7_1_3_ANewRegistrationIsNotSuspended) {
  delay_timeline().run(R"(
    0h   set ds=A roid=R1 sponsor=one
    0h   permit update B    => accept
    1h   set ds=none
    2h   idle               => suspended
    3h   set sponsor=two
    4h   idle               => suspended
    5h   set roid=R2
    6h   permit bootstrap B => hold free
  )");
}

// [10026-33]
TEST(Rfc10026, S7_1_4_ASuspensionByASourceThatWasWrongEndsByItself) {
  secure_timeline().run(R"(
    0h   permit update B    => accept
    1h   set ds=none revision=99
    2h   idle               => suspended supersedes
    3h   set ds=A revision=101
    4h   permit update B    => accept free queues
  )");
}

// [10026-32]
TEST(Rfc10026, S7_1_3_AStateFromBeforeOurFirstDsIsNoRemoval) {
  Timeline t = delay_timeline();
  t.policy.hold = Duration::zero();
  t.policy.looks = 1;
  t.run(R"(
    0h  permit bootstrap A => accept queues
    0h  send taken
    0h  ask stands
    1h  set ds=A revision=102
    1h  in-sync            => in-sync -source-behind free
    2h  set ds=none revision=101
    2h  permit bootstrap A => in-sync free +source-behind no-change
    3h  set ds=none revision=104
    3h  permit bootstrap A => suspended no-change
  )");
}

TEST(Suspension, ByTheOperatorStaysUntilResumed) {
  Timeline t = secure_timeline();
  t.run("0h permit update B => accept queues");
  t.before->suspension = Suspension{SuspensionKind::by_operator, timeline_start, "of a test"};
  t.run(R"(
    1h   permit update B    => suspended +suspended supersedes
    2h   set ds=C
    3h   permit update B    => suspended suspended
    4h   set ns=ns8,ns9 roid=R9
    5h   permit update B    => suspended suspended
  )");
  EXPECT_EQ(t.step.next.findings.front().text(),
            "DS automation is suspended since 2026-11-24T00:00:00Z, because of a test.");
  t.before->suspension.reset();
  t.run("6h permit update B => accept queues");
}

// [10026-20] [10026-21]
TEST(Rfc10026, S6_1_LocksAloneStopNothing) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h   set status=clientUpdateProhibited status=serverUpdateProhibited
    0h   permit update B => accept queues
  )");
}

TEST(Suspension, StatusesOfThePolicyKeepAutomationOff) {
  Timeline t = secure_timeline();
  t.policy.bar_status = {"serverHold"};
  t.policy.require_status = {"active"};
  t.run(R"(
    0h   permit update B => suspended +status-missing -status-bars no-change
    1h   set status=active
    2h   permit update B => accept -status-missing queues
    3h   set status=serverHold
    4h   permit update B => suspended +status-bars supersedes
  )");
}

TEST(Suspension, OptingOutTurnsAutomationOff) {
  secure_timeline().run(R"(
    0h   permit update B => accept queues
    1h   set no-ds
    2h   permit update B => suspended +opted-out supersedes
    3h   in-sync         => suspended +opted-out
  )");
}

TEST(Suspension, EndsAHold) {
  delay_timeline().run(R"(
    0h   permit bootstrap A => hold looks=1
    12h  set no-ds
    24h  permit bootstrap A => suspended looks=0
  )");
}

}  // namespace
}  // namespace dskeeper::keeper
