// From accepted requests to the outbox: at most one open change a delegation. Timelines.
#include "keeper/queueing.h"

#include <gtest/gtest.h>

#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

TEST(Queueing, AnUpdateIsQueuedOnceAndJudgedAnewMeanwhile) {
  Timeline t = secure_timeline();
  t.run("0h permit update B => accept queues");
  const Change first = *t.step.queue;
  EXPECT_EQ(first.id.size(), 32U);
  EXPECT_EQ(first.before, named_set("A"));
  EXPECT_EQ(first.after, named_set("B"));
  EXPECT_EQ(first.hosts, t.delegation.hosts());
  EXPECT_EQ(first.revision, "100");
  EXPECT_EQ(first.state, ChangeState::queued);

  t.run(R"(
    1h set revision=105
    1h permit update B => accept refreshes
  )");
  const Change second = t.step.changes.front();
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.queued_at, first.queued_at);
  EXPECT_EQ(second.judged_at, timeline_start + std::chrono::hours(1));
  EXPECT_EQ(second.revision, "105");
  EXPECT_EQ(t.count(EventKind::change), 2U) << "the evidence of the second judgement hangs on it";
}

TEST(Queueing, TheTtlFollowsThePolicy) {
  struct Row {
    const char* look;
    const char* facts;
    bool keep;
    std::uint32_t ttl;
  };
  for (const Row& row :
       {Row{"permit update B", "ttl=1234", true, 1234}, Row{"permit update B", "ttl=0", true, 3600},
        Row{"permit update B", "ttl=1234", false, 300},
        Row{"permit delete none", "ttl=1234", true, 1234},
        Row{"permit bootstrap B", "ds=none", true, 600}}) {
    SCOPED_TRACE(row.look);
    Timeline t = secure_timeline();
    t.policy.bootstrap = {BootstrapMethod::delay};
    t.policy.hold = Duration::zero();
    t.policy.looks = 1;
    t.policy.ds_ttl.keep_on_update = row.keep;
    t.policy.ds_ttl.update = dns::Ttl{300};
    t.run(std::string("0h set ") + row.facts);
    t.run(std::string("0h ") + row.look + " => accept queues");
    EXPECT_EQ(t.step.queue->ttl, dns::Ttl{row.ttl});
  }
}

TEST(Queueing, ANewerRequestSupersedesTheQueuedOne) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h permit update B => accept queues
    1h permit update C => accept queues supersedes +change-superseded
  )");
  ASSERT_EQ(t.step.changes.size(), 2U);
  EXPECT_EQ(t.step.changes[0].state, ChangeState::failed);
  EXPECT_EQ(t.step.changes[0].after, named_set("B"));
  EXPECT_EQ(t.step.changes[1].after, named_set("C"));
  EXPECT_NE(t.step.changes[0].id, t.step.changes[1].id);
  EXPECT_EQ(t.step.next.change, t.step.changes[1]);
}

TEST(Queueing, TheSameRequestOnAnotherDelegationIsAnotherChange) {
  for (const char* facts : {"ns=ns1,ns3", "ds=AC"}) {
    Timeline t = secure_timeline();
    t.run("0h permit update B => accept queues");
    t.run(std::string("0h set ") + facts);
    t.run("1h permit update B => accept queues supersedes");
  }
}

TEST(Queueing, WhatIsNoLongerAcceptedIsSuperseded) {
  for (const auto& [look, outcome] :
       std::initializer_list<std::pair<const char*, const char*>>{{"in-sync", "in-sync"},
                                                                  {"idle", "idle"},
                                                                  {"forbid update", "refuse"},
                                                                  {"differ update", "retry"},
                                                                  {"mute", "retry"},
                                                                  {"silence update B", "retry"}}) {
    SCOPED_TRACE(look);
    Timeline t = secure_timeline();
    t.run("0h permit update B => accept queues");
    t.run(std::string("1h ") + look + " => " + outcome + " supersedes +change-superseded");
    EXPECT_FALSE(t.outbox);
    EXPECT_EQ(t.step.next.change->state, ChangeState::failed);
  }
}

TEST(Queueing, WhatIsSentIsAwaited) {
  secure_timeline().run(R"(
    0h permit update B => accept queues
    0h send taken
    1h permit update B => accept no-change
    2h permit update C => accept no-change
    3h forbid update   => refuse no-change
    4h ask stands
    5h set ds=B revision=101
    5h permit update C => accept queues
  )");
}

TEST(Queueing, WhatFailedIsTriedAgainAfterAPause) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h  permit update B => accept queues
    0h  send failed
    1m  permit update B => accept +change-failed ready=1h no-change
    59m permit update B => accept +change-failed no-change
    60m permit update B => accept -change-failed queues
  )");
}

TEST(Queueing, WhatFailedIsTriedAtOnceWhereTheDelegationIsAnother) {
  secure_timeline().run(R"(
    0h  permit update B => accept queues
    0h  send not-as-judged
    1m  set ns=ns1,ns3
    1m  permit update B => accept -change-failed queues
  )");
}

TEST(Queueing, ASourceThatIsBehindCausesNothing) {
  secure_timeline().run(R"(
    0h  permit update B => accept queues
    0h  send taken
    0h  ask stands
    1h  permit update B => in-sync +source-behind no-change
    2h  permit update C => retry +source-behind ready=never no-change
    3h  idle            => idle +source-behind
    4h  set ds=B revision=101
    4h  permit update C => accept -source-behind queues
  )");
}

TEST(Queueing, AFirstDsThatTheSourceDoesNotShowYetStartsNoHold) {
  Timeline t = delay_timeline();
  t.policy.hold = Duration::zero();
  t.policy.looks = 1;
  t.run(R"(
    0h  permit bootstrap A => accept queues
    0h  send taken
    0h  ask stands
    1h  set revision=101
    1h  permit bootstrap A => in-sync looks=0 +source-behind no-change
    25h permit bootstrap A => accept free queues
  )");
}

TEST(Queueing, ADeleteThatTheSourceDoesNotShowYetIsIdle) {
  secure_timeline().run(R"(
    0h  permit delete none => accept queues
    0h  send taken
    0h  ask stands
    1h  permit delete none => idle +source-behind no-change
  )");
}

TEST(Queueing, TheOldSetLongAfterIsAnEditBySomeoneElse) {
  secure_timeline().run(R"(
    0h   permit update B => accept queues
    0h   send taken
    0h   ask stands
    1h   set revision=101
    23h  permit update B => in-sync +source-behind
    24h  permit update B => accept -source-behind queues
  )");
  // … or sooner, when the new one had been seen.
  secure_timeline().run(R"(
    0h   permit update B => accept queues
    0h   send taken
    0h   ask stands
    1h   set ds=B revision=101
    1h   in-sync         => in-sync
    2h   set ds=A revision=102
    2h   permit update B => accept queues
  )");
}

// [7344-B5]
TEST(Rfc7344, S6_2_AnOlderRequestIsRefused) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h   permit update B signed=-2h     => accept queues
    1h   permit update C signed=-3h     => refuse +replayed supersedes
    2h   permit delete none signed=-3h  => refuse +replayed
    3h   permit update B signed=-2h     => accept -replayed queues
    4h   forbid update signed=1h        => refuse
    5h   permit update B signed=-2h     => refuse +replayed
    6h   permit update B signed=1h      => accept queues
  )");
}

// [7344-B5]
TEST(Rfc7344, S6_2_AFreshDenialOfOneTypeDoesNotVouchForAnOldSetOfTheOther) {
  secure_timeline().run(R"(
    0h   permit update B cds=-1h no-cdnskey=-9h => accept queues
    1h   permit update C cds=-2h no-cdnskey=1h  => refuse +replayed supersedes
    2h   permit update C cdnskey=1h no-cds=2h   => accept -replayed queues
    3h   permit update D cds=1h cdnskey=2h      => refuse +replayed
  )");
}

// [7344-B5]
TEST(Rfc7344, S6_2_ALookThatEndedEarlyMovesNoWatermark) {
  secure_timeline().run(R"(
    0h   permit update B signed=-2h => accept
    1h   in-sync                    => in-sync
    2h   in-sync early signed=1h    => in-sync
    3h   permit update C signed=-1h => accept
  )");
}

// [7344-B5]
TEST(Rfc7344, S6_2_AMoveToOtherServersResetsTheWatermark) {
  secure_timeline().run(R"(
    0h   permit update B signed=-2h => accept
    1h   set ns=ns8,ns9
    2h   permit update C signed=-9h => accept queues supersedes
  )");
}

}  // namespace
}  // namespace dskeeper::keeper
