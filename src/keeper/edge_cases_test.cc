// The edge cases of standards.md §19 and the rules that need time, as timelines.
#include <gtest/gtest.h>

#include "keeper/outbox.h"
#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

using std::chrono::minutes;

// [7344-B5]
TEST(EdgeCase, N033_AnOlderSetFromAllServers_IsIgnored) {
  secure_timeline().run(R"(
    0h   permit update B signed=-2h => accept queues
    1h   send taken
    2h   ask stands
    3h   set ds=B
    3h   in-sync signed=-2h         => in-sync
    27h  permit update A signed=-9h => refuse +replayed no-change
  )");
}

// [9975-3]
TEST(EdgeCase, N049_AnAddressThatTimesOut_MayBeDroppedLater) {
  secure_timeline().run(R"(
    0m   silence update B => retry ready=5m
    5m   silence update B => retry ready=15m
    15m  silence update B => retry ready=35m
    35m  silence update B => retry ready=75m
    75m  silence update B => retry ready=never
    24h  silence update B => accept +server-dropped queues
  )");
}

TEST(EdgeCase, N059_AnycastInstancesThatDisagree_ResetTheDelay) {
  delay_timeline().run(R"(
    0h   permit bootstrap A => hold looks=1
    24h  permit bootstrap A => hold looks=2
    48h  permit bootstrap B => hold looks=1 +hold-restarted
    72h  permit bootstrap A => hold looks=1 +hold-restarted no-change
  )");
}

// [10026-32]
TEST(EdgeCase, N077_AfterADeleteInBand_TheChildMayComeBack) {
  Timeline t = delay_timeline();
  t.delegation.ds = named_set("A");
  t.run(R"(
    0h    permit delete none => accept queues
    1h    send taken
    2h    ask stands
    3h    set ds=none revision=101
    4h    idle               => idle free
    28h   permit bootstrap B => hold free
    52h   permit bootstrap B => hold
    76h   permit bootstrap B => hold
    100h  permit bootstrap B => accept queues
  )");
}

// [10026-32] [10026-36]
TEST(EdgeCase, N078_AfterARemovalOutOfBand_TheChildStaysUnsigned) {
  Timeline t = delay_timeline();
  t.delegation.ds = named_set("A");
  t.run(R"(
    0h   forbid update      => refuse
    1h   set ds=none
    2h   permit bootstrap A => suspended suspended
    99h  permit bootstrap A => suspended no-change
  )");
}

// [10026-33]
TEST(EdgeCase, N079_ADsByAnotherChannel_EndsTheSuspension) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h   permit update B => accept queues
    1h   set ds=none
    2h   idle            => suspended suspended supersedes
    3h   set ds=C
    4h   permit update B => accept free queues
  )");
}

// [8078-2]
TEST(EdgeCase, N080_AChangeAtHour71Of72_RestartsTheTimer) {
  delay_timeline().run(R"(
    0h   permit bootstrap A => hold looks=1 ready=72h
    24h  permit bootstrap A => hold looks=2
    48h  permit bootstrap A => hold looks=3
    71h  permit bootstrap B => hold looks=1 ready=143h +hold-restarted
    72h  permit bootstrap B => hold no-change
  )");
}

// [10026-35]
TEST(EdgeCase, N083_WhereTheRegistrarAutomates_TheRegistryDoesNothing) {
  delay_timeline().run(R"(
    0h   set no-ds
    0h   permit bootstrap A => suspended +opted-out no-change
    99h  permit bootstrap A => suspended +opted-out no-change
  )");
}

// Digests of files have no order: a file that was put back is the registry's word, not a lag.
TEST(SourceLag, AnOldFileThatComesBackAfterTheNewOneWasSeen_IsAChangeOutOfBand) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h   set revision=sha256:aa
    0h   permit update B => accept queues
    1h   send taken
    1h   ask stands
    2h   in-sync         => in-sync +source-behind
    3h   set ds=B revision=sha256:bb
    3h   in-sync         => in-sync -source-behind
    4h   set ds=A revision=sha256:aa
    4h   permit update B => accept -source-behind queues
  )");
  EXPECT_EQ(t.journal.back().kind, EventKind::change);
  EXPECT_GE(t.count(EventKind::transition), 1U);
}

// A facts file that has lost a row or a column says nothing; it does not say that there is none.
TEST(Facts, AnOptOutOrAStatusThatIsMissingInAReading_StaysAsItWasKnown) {
  Timeline t = delay_timeline();
  t.policy.bar_status = {"locked"};
  t.run(R"(
    0h   set no-ds status=locked
    0h   permit bootstrap A => suspended +opted-out +status-bars no-change
    24h  set no-ds-unknown statuses-unknown
    24h  permit bootstrap A => suspended +opted-out +status-bars no-change
    48h  set no-ds=no
    48h  permit bootstrap A => suspended -opted-out +status-bars no-change
    72h  set status=ok
    72h  permit bootstrap A => hold -status-bars looks=1
  )");
}

// [10026-31]
TEST(EdgeCase, N130_AWrongSetOutOfBand_IsReplacedAtOnce) {
  secure_timeline().run(R"(
    0m   in-sync signed=-2h          => in-sync
    1m   set ds=AC
    5m   permit update A signed=-2h  => accept queues free
  )");
}

// policies.md, se: an EPP change that is newer is never overwritten.
TEST(Watermark, WhereThePolicySaysSo_AChangeOutOfBandWinsOverWhatWasSignedBefore) {
  Timeline t = secure_timeline();
  t.policy.out_of_band_wins = true;
  t.run(R"(
    0h   permit update B signed=-2h => accept queues
    1h   set ds=C
    2h   permit update B signed=-2h => refuse +replayed
    26h  permit update B signed=-2h => refuse +replayed no-change
    50h  permit update B signed=49h => accept -replayed queues
  )");
}

// [7344-B8] [7344-B6] [10026-31]
TEST(Rfc10026, S7_1_2_WhatIsGenuineIsAcceptedAtItsFirstLook) {
  secure_timeline().run("0h permit update B => accept queues ready=never");
  secure_timeline().run("0h permit delete none => accept queues ready=never");
}

// [9975-9] [10026-36]
TEST(Rfc9975, S5_AChangeByAnotherChannelIsTakenAsItIs) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h   in-sync         => in-sync
    1h   set ds=C revision=101
    2h   idle            => idle free no-change
    3h   set ds=none revision=102
    4h   set ds=D revision=103
    5h   idle            => idle free no-change
  )");
}

// [9975-5]
TEST(Rfc9975, S3_AnInconsistencyIsTriedAgainAsAWhole) {
  secure_timeline().run(R"(
    0m   differ update   => retry ready=5m
    5m   differ update   => retry ready=15m
    15m  permit update B => accept queues
  )");
}

// [10026-20] [10026-21]
TEST(Rfc10026, S6_1_UpdateLocksStopNoRegistry) {
  secure_timeline().run(R"(
    0h set status=clientUpdateProhibited status=serverUpdateProhibited
    0h permit update B => accept queues
  )");
}

// [10026-35]
TEST(Rfc10026, S7_1_5_NeverWhereThereIsNoWayOutOfDnssec) {
  delay_timeline().run(R"(
    0h set no-exit
    0h permit bootstrap A => refuse +bootstrap-barred no-change
  )");
}

// [10026-4]
TEST(Rfc10026, S4_1_2_AFirstDsHasALowTtl) {
  Timeline t = delay_timeline();
  t.policy.hold = Duration::zero();
  t.policy.looks = 1;
  t.run("0h permit bootstrap A => accept queues");
  EXPECT_EQ(t.step.queue->ttl, dns::Ttl{600});
}

// [10026-16]
TEST(Rfc10026, S5_2_EachDecisionIsRecordedWithItsReason) {
  Timeline t = secure_timeline();
  t.run("0h forbid update => refuse");
  ASSERT_EQ(t.step.events.size(), 1U);
  EXPECT_EQ(t.step.events[0].kind, EventKind::transition);
  EXPECT_NE(t.step.events[0].summary.find("signer-not-in-ds"), std::string::npos);
}

// The delegation's NS set changes between the judgement and the sending.
TEST(EdgeCase, N058_ANewNsSetIsJudgedAnewBeforeAnythingIsSent) {
  Timeline t = secure_timeline();
  t.run("0h permit update B => accept queues");
  const Change first = *t.outbox;
  EXPECT_EQ(first.hosts, t.delegation.hosts()) << "what the sink demands to be there still";
  t.run(R"(
    0h   send not-as-judged
    1m   set ns=ns1,ns3 revision=101
    1m   permit update B => accept queues
  )");
  EXPECT_NE(t.outbox->id, first.id);
  EXPECT_EQ(t.outbox->hosts, t.delegation.hosts());
}

// An UPDATE that was applied although its answer was lost; the sink recognises it when it repeats.
TEST(EdgeCase, N119_AChangeThatWasAppliedWithoutAnAnswerIsRecognised) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h   permit update B => accept queues
    0h   send unknown
    1m   send taken
    1m   ask stands
  )");
  EXPECT_EQ(t.before->change->state, ChangeState::confirmed);
  EXPECT_EQ(t.before->change->attempts, 2U);
  t.run(R"(
    1h   set ds=B revision=101
    1h   in-sync => in-sync no-change
  )");
}

// TSIG BADTIME comes from the sink as "later": it is sent again, more and more rarely.
TEST(EdgeCase, N120_BadTimeIsNoReasonForABlindRetry) {
  Timeline t = secure_timeline();
  t.run("0h permit update B => accept queues");
  for (int i = 0; i < 12; ++i) t.run("0h send later");
  EXPECT_EQ(t.outbox->state, ChangeState::queued);
  EXPECT_EQ(next_sending_at(*t.outbox), timeline_start + minutes(5));
}

// [10026-3] A standing set that leads nowhere is reported and left alone.
TEST(Rfc10026, S4_2_1_AStandingSetIsNeverTouchedWithoutARequest) {
  secure_timeline().run(R"(
    0h   chain-broken => idle +chain-broken no-change
    99h  chain-broken => idle +chain-broken no-change
  )");
}

}  // namespace
}  // namespace dskeeper::keeper
