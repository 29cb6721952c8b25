// RFC 9975 §3: asking again, and what comes when asking has been in vain. Timelines.
#include <gtest/gtest.h>

#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

// [9975-4] [9975-5]
TEST(Rfc9975, S3_ContradictionsAreRetriedOnTheScheduleThenRefused) {
  Timeline t = secure_timeline();
  t.run(R"(
    0m   differ update   => retry ready=5m +servers-differ no-change
    5m   differ update   => retry ready=15m
    15m  differ update   => retry ready=35m
    35m  differ update   => retry ready=75m
    75m  differ update   => refuse ready=never +retries-exhausted +servers-differ
    24h  differ update   => refuse ready=never +retries-exhausted quiet unstored
    48h  permit update B => accept -retries-exhausted queues
  )");
  EXPECT_FALSE(t.step.next.retry);
}

// [9975-5]
TEST(Rfc9975, S3_AHealedContradictionStartsTheScheduleAnew) {
  secure_timeline().run(R"(
    0m   differ update => retry ready=5m
    5m   in-sync       => in-sync ready=never
    10m  differ update => retry ready=15m
  )");
}

// [9975-3]
TEST(Rfc9975, S3_ALookBeforeItsTimeUsesUpNoRetry) {
  secure_timeline().run(R"(
    0m   differ update           => retry ready=5m
    1m   differ update           => retry ready=5m
    2m   differ update           => retry ready=5m
    5m   differ update           => retry ready=15m
    15m  differ update same-look => retry ready=15m
    16m  differ update           => retry ready=36m
  )");
}

// [9975-5]
TEST(Rfc9975, S3_WithoutAScheduleAContradictionIsRefusedAtOnce) {
  Timeline t = secure_timeline();
  t.policy.retry.clear();
  t.run("0h differ update => refuse +retries-exhausted");
}

// [9975-3]
TEST(Rfc9975, S3_ASilentServerIsDroppedForMaintenanceAfterADay) {
  Timeline t = secure_timeline();
  t.run(R"(
    0m    silence update B => retry ready=5m +server-silent
    5m    silence update B => retry ready=15m
    15m   silence update B => retry ready=35m
    35m   silence update B => retry ready=75m
    75m   silence update B => retry ready=never no-change
    23h   silence update B => retry ready=never no-change
    24h   silence update B => accept ready=never +server-dropped -server-silent queues
    25h   silence update B => accept +server-dropped refreshes
  )");
  EXPECT_EQ(t.step.next.findings.front().facts.front(), "2026-11-24T00:00:00Z");
}

// [9975-3]
TEST(Rfc9975, S3_TheSameServersMustHaveBeenSilentAllTheTime) {
  secure_timeline().run(R"(
    0m    silence update B => retry
    5m    silence update B => retry
    15m   silence update B => retry
    35m   silence update B => retry
    75m   silence update B => retry
    20h   silence update B who=ns1 => retry ready=never
    24h   silence update B who=ns1 => retry ready=never no-change
    44h   silence update B who=ns1 => accept +server-dropped queues
  )");
}

// [9975-3]
TEST(Rfc9975, S3_AServerThatCameBackMeanwhileStartsItAnew) {
  secure_timeline().run(R"(
    0m    silence update B => retry
    20h   in-sync          => in-sync
    24h   silence update B => retry ready=1445m no-change
  )");
}

// A server that we left alone, since it was silent for other people's children, has neither been
// silent for this child nor come back: it is not dropped, and nobody is refused for it.
TEST(Rfc9975, S3_WhoWasNotAskedWasNotSilent) {
  secure_timeline().run(R"(
    0m    silence update B               => retry ready=5m
    5m    silence update B not-asked=ns2 => retry ready=15m
    15m   silence update B not-asked=ns2 => retry ready=35m
    35m   silence update B not-asked=ns2 => retry ready=75m
    75m   silence update B not-asked=ns2 => retry ready=never no-change
    25h   silence update B not-asked=ns2 => retry ready=never no-change -retries-exhausted
    49h   silence update B               => accept +server-dropped queues
  )");
  Timeline t = secure_timeline();
  t.policy.unreachable.looks = 3;
  t.run(R"(
    0h    silence update B               => retry
    25h   silence update B not-asked=ns2 => retry
    26h   silence update B not-asked=ns2 => retry
    27h   silence update B not-asked=ns2 => retry
    28h   silence update B               => retry no-change
    29h   silence update B               => accept +server-dropped
  )");
  delay_timeline().run(R"(
    0m    silence bootstrap A not-asked=ns2 => retry ready=5m
    5m    silence bootstrap A not-asked=ns2 => retry
    15m   silence bootstrap A not-asked=ns2 => retry
    35m   silence bootstrap A not-asked=ns2 => retry
    75m   silence bootstrap A not-asked=ns2 => retry ready=never
    99h   silence bootstrap A not-asked=ns2 => retry -retries-exhausted no-change
  )");
}

// [9975-3]
TEST(Rfc9975, S3_ManyLooksInADayAreNeeded) {
  Timeline t = secure_timeline();
  t.policy.retry.clear();
  t.policy.unreachable.looks = 3;
  t.run(R"(
    0h    silence update B => retry ready=never
    25h   silence update B => retry
    26h   silence update B same-look => retry
    27h   silence update B => accept queues
  )");
}

// [9975-3]
TEST(Rfc9975, S3_ASilentServerIsNeverDroppedForBootstrapOrDelete) {
  Timeline t = delay_timeline();
  t.run(R"(
    0m    silence bootstrap A => retry ready=5m
    5m    silence bootstrap A => retry
    15m   silence bootstrap A => retry
    35m   silence bootstrap A => retry
    75m   silence bootstrap A => retry ready=never
    23h   silence bootstrap A => retry ready=never -retries-exhausted
    24h   silence bootstrap A => refuse +retries-exhausted +server-silent no-change
    99h   silence bootstrap A => refuse no-change
  )");
  secure_timeline().run(R"(
    0m    silence delete none => retry ready=5m
    5m    silence delete none => retry
    15m   silence delete none => retry
    35m   silence delete none => retry
    75m   silence delete none => retry ready=never
    24h   silence delete none => refuse +retries-exhausted no-change
    99h   silence delete none => refuse no-change
    100h  permit delete none  => accept queues
  )");
}

// [9975-3]
TEST(Rfc9975, S3_ASilenceIsNotChargedWithAnEarlierFailure) {
  // The patience of a day begins with the silence.
  delay_timeline().run(R"(
    0m    differ bootstrap    => retry ready=5m
    5m    differ bootstrap    => retry
    15m   differ bootstrap    => retry
    35m   differ bootstrap    => retry
    75m   differ bootstrap    => refuse +retries-exhausted
    23h   silence bootstrap A => retry ready=1385m
    1385m silence bootstrap A => retry ready=1395m
    25h   silence bootstrap A => retry -retries-exhausted
    26h   silence bootstrap A => retry
    27h   silence bootstrap A => retry ready=never
    46h   silence bootstrap A => retry
    47h   silence bootstrap A => refuse +retries-exhausted
  )");
}

// [9975-3]
TEST(Rfc9975, S3_EachTroubleHasItsOwnRetries) {
  secure_timeline().run(R"(
    0m   silence update B => retry ready=5m
    5m   silence update B => retry ready=15m
    15m  silence update B => retry ready=35m
    35m  silence update B => retry ready=75m
    75m  differ update    => retry ready=80m -retries-exhausted
    80m  differ update    => retry ready=90m
    81m  silence update B => retry ready=90m
    90m  silence update B => retry ready=never
    91m  missing update B => retry ready=96m
  )");
}

// [9975-3]
TEST(Rfc9975, S3_TroublesThatAlternateEndTheScheduleToo) {
  Timeline t = secure_timeline();
  for (int i = 0; i < 20; ++i) {
    t.look_for_test(i % 2 == 0 ? "differ update" : "missing update B", std::chrono::hours(i));
  }
  EXPECT_EQ(t.step.next.outcome, Outcome::refuse);
  EXPECT_EQ(t.step.next.retry->troubles.size(), 2U);
}

// [9975-3]
TEST(Rfc9975, S3_EachSilentServerHasItsOwnPatience) {
  secure_timeline().run(R"(
    0m    silence update B => retry
    5m    silence update B => retry
    15m   silence update B => retry
    35m   silence update B => retry
    75m   silence update B who=ns2,ns3 => retry ready=never
    24h   silence update B who=ns2,ns3 => retry no-change
    25h   silence update B who=ns2     => accept +server-dropped queues
  )");
}

// [9975-3]
TEST(Rfc9975, S3_AnswersThatAreBrokenAreNotSilence) {
  secure_timeline().run(R"(
    0m    missing update B => retry ready=5m
    5m    missing update B => retry
    15m   missing update B => retry
    35m   missing update B => retry
    75m   missing update B => refuse +retries-exhausted
    99h   missing update B => refuse no-change
  )");
}

// [9975-3]
TEST(Rfc9975, S3_WhereNobodyAnswersThereIsNothingToRefuse) {
  Timeline t = secure_timeline();
  t.run(R"(
    0m    mute => retry ready=5m
    5m    mute => retry ready=15m
    15m   mute => retry ready=35m
    35m   mute => retry ready=75m
    75m   mute => retry ready=never
    24h   mute => retry ready=never
    48h   mute => retry ready=never quiet unstored
    72h   mute => retry ready=never quiet unstored
  )");
  EXPECT_EQ(t.count(EventKind::transition), 1U);
}

// [9975-3]
TEST(Rfc9975, S3_ARequestIsNotForgottenWhereNobodyAnswers) {
  Timeline t = secure_timeline();
  t.run(R"(
    0m    forbid update => refuse
    5m    mute          => retry ready=10m
  )");
  EXPECT_EQ(t.step.next.request, Request::update);
}

}  // namespace
}  // namespace dskeeper::keeper
