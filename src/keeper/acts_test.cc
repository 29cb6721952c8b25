// suspend, resume, approve: what a person may decide. Timelines.
#include "keeper/acts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

using testing::HasSubstr;

TEST(Acts, SuspendWithdrawsWhatIsQueuedAndStays) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h  permit update B => accept queues
    1h  act suspend
  )");
  EXPECT_EQ(t.before->outcome, Outcome::suspended);
  EXPECT_EQ(t.before->change->state, ChangeState::failed);
  EXPECT_FALSE(t.outbox);
  EXPECT_EQ(t.obeyed.events.at(0).summary,
            "DS automation was suspended by kim, because of a test.");
  EXPECT_EQ(t.obeyed.events.at(0).kind, EventKind::act);
  EXPECT_THAT(t.obeyed.events.at(0).details, HasSubstr(R"("kind":"suspend")"));
  t.run(R"(
    2h  permit update B => suspended +suspended no-change
    3h  set ds=C
    3h  permit update B => suspended suspended no-change
  )");
}

TEST(Acts, SuspendAwaitsWhatIsSent) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h  permit update B => accept queues
    0h  send taken
    1h  act suspend
    2h  permit update B => suspended no-change
    2h  ask stands
  )");
  EXPECT_EQ(t.before->change->state, ChangeState::confirmed);
  EXPECT_EQ(t.before->outcome, Outcome::suspended);
}

TEST(Acts, SuspendConcernsAlsoAChildThatWasNeverStored) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h  act suspend
    1h  permit update B => suspended suspended
  )");
  Act act;
  act.kind = ActKind::suspend;
  act.child = t.delegation.child;
  const Obeyed unknown = obey(act, std::nullopt, nullptr, std::nullopt, t.policy, timeline_start);
  EXPECT_FALSE(unknown.next);
  EXPECT_THAT(unknown.events.at(0).summary, HasSubstr("the parent does not delegate the name"));
}

TEST(Acts, ResumeEndsBothKindsAndTheChildIsJudgedAnew) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h  act suspend
    1h  act resume
  )");
  EXPECT_EQ(t.before->ready_at, timeline_start + std::chrono::hours(1));
  EXPECT_TRUE(t.obeyed.look_now);
  t.run("1h permit update B => accept free queues");

  Timeline removed = delay_timeline();
  removed.run(R"(
    0h  set ds=A
    0h  permit update B    => accept
    1h  set ds=none revision=101
    1h  permit bootstrap B => suspended
    2h  act resume
    2h  permit bootstrap B => hold free looks=1
  )");
}

TEST(Acts, WhatWasRemovedBeforeTheResumptionSuspendsNothing) {
  delay_timeline().run(R"(
    0h  set ds=A
    0h  act suspend
    1h  set ds=none revision=101
    2h  act resume
    3h  permit bootstrap B => hold free looks=1
  )");
}

TEST(Acts, ResumeEndsNoOtherBar) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h  set no-ds
    0h  act suspend
    1h  act resume
    2h  permit update B => suspended free +opted-out
    3h  act resume
  )");
  EXPECT_THAT(t.obeyed.events.at(0).summary, HasSubstr("is not suspended for this name"));
}

// [7344-B5]
TEST(Acts, ResumeForgetsTheWatermarkWhereAsked) {
  secure_timeline().run(R"(
    0h  permit update B signed=-2h => accept
    1h  permit update C signed=-3h => refuse +replayed
    2h  act resume-reset
    2h  permit update C signed=-3h => accept -replayed
  )");
}

// [7344-B10]
TEST(Rfc7344, S6_1_APersonMayApproveWhatThePolicyAloneRefuses) {
  Timeline t;
  t.run(R"(
    0h  policy-refuses bootstrap A => refuse +bootstrap-off +approval-helps no-change
    1h  act approve
    1h  policy-refuses bootstrap A => accept -bootstrap-off +approved queues
    2h  policy-refuses bootstrap A => accept refreshes
    2h  send taken
    2h  ask stands
    3h  set ds=A ttl=600 revision=101
    3h  in-sync                    => in-sync -approval-ended
  )");
  EXPECT_FALSE(t.before->approval);
}

// [8078-2]
TEST(Rfc8078, S3_AnApprovalReplacesTheRestOfTheHold) {
  Timeline t = delay_timeline();
  t.vantages_configured = 2;
  t.run(R"(
    0h  permit bootstrap A vantages=2  => hold looks=1 +approval-helps
    1h  permit bootstrap A vantages=1  => hold +vantages-missing
    2h  act approve
    2h  permit bootstrap A vantages=1  => accept queues -vantages-missing -approval-helps
  )");
  EXPECT_EQ(t.before->approval->actor, "kim");
}

// The same set was accepted once before, and removed since by other means.
TEST(Approval, HoldsForARequestThatWasGrantedOnceBefore) {
  Timeline t = delay_timeline();
  t.run(R"(
    0h  permit bootstrap A => hold
    1h  act approve
    1h  permit bootstrap A => accept queues
    1h  send taken
    1h  ask stands
    2h  set ds=A ttl=600 revision=101
    2h  in-sync            => in-sync
    3h  set ds=none revision=102
    3h  permit bootstrap A => suspended
    4h  act resume
    4h  permit bootstrap A => hold
    5h  act approve
    5h  permit bootstrap A => accept queues
  )");
}

TEST(Approval, IsForTheRequestThatWasShown) {
  Timeline t = delay_timeline();
  t.run(R"(
    0h  permit bootstrap A => hold
    1h  act approve-other
    2h  permit bootstrap A => hold no-change
    3h  act approve
    4h  permit bootstrap B => hold looks=1 +approval-ended no-change
    5h  permit bootstrap A => hold looks=1 -approval-ended no-change
  )");
  Timeline other = delay_timeline();
  other.run(R"(
    0h  permit bootstrap A => hold
    1h  act approve-other
  )");
  EXPECT_FALSE(other.obeyed.next);
  EXPECT_THAT(other.obeyed.events.at(0).summary, HasSubstr("it is for another request"));
}

TEST(Approval, EndsWithItsTime) {
  Timeline t = delay_timeline();
  t.policy.hold = std::chrono::hours(1000);
  t.run(R"(
    0h   permit bootstrap A  => hold
    1h   act approve
    2h   silence bootstrap A => retry -approval-ended
    168h silence bootstrap A => retry -approval-ended
    169h permit bootstrap A  => hold +approval-ended no-change
  )");
}

TEST(Approval, EndsWithWhatWouldEndAHold) {
  for (const char* look : {"differ bootstrap", "forbid bootstrap", "idle"}) {
    SCOPED_TRACE(look);
    Timeline t = delay_timeline();
    t.run(R"(
      0h  permit bootstrap A => hold
      1h  act approve
    )");
    t.look_for_test(look, std::chrono::hours(2));
    EXPECT_FALSE(t.step.next.approval);
    t.run("3h permit bootstrap A => hold looks=1 no-change");
  }
  for (const char* fact : {"ns=ns1,ns3", "sponsor=two", "glue=192.0.2.9"}) {
    SCOPED_TRACE(fact);
    Timeline t = delay_timeline();
    t.run(R"(
      0h  set sponsor=one
      0h  permit bootstrap A => hold
      1h  act approve
    )");
    t.run(std::string("2h set ") + fact);
    t.run("3h permit bootstrap A => hold looks=1 +approval-ended no-change");
  }
}

TEST(Approval, ReplacesNoRule) {
  const auto refused = [](Timeline t) {
    t.run("1h act approve");
    EXPECT_FALSE(t.before->approval);
    EXPECT_THAT(t.obeyed.events.at(0).summary, HasSubstr("nothing that a person may approve"));
  };
  for (const char* look : {"forbid update", "differ update", "silence update B", "missing update B",
                           "permit update B"}) {
    Timeline t = secure_timeline();
    t.look_for_test(look, Duration::zero());
    refused(std::move(t));
  }
  Timeline without_exit;
  without_exit.run(R"(
    0h  set no-exit
    0h  policy-refuses bootstrap A => refuse -approval-helps
  )");
  refused(std::move(without_exit));
  Timeline replayed = secure_timeline();
  replayed.run(R"(
    0h  permit update B signed=-2h => accept
    0h  permit update C signed=-3h => refuse +replayed
  )");
  refused(std::move(replayed));
}

}  // namespace
}  // namespace dskeeper::keeper
