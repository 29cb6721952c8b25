// RFC 9615 over time: an authenticated first DS needs no waiting, and ends one that runs.
#include <gtest/gtest.h>

#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

Timeline both_ways() {
  Timeline timeline;
  timeline.policy.bootstrap = {BootstrapMethod::authenticated, BootstrapMethod::delay};
  return timeline;
}

// [9615-5] [8078-7]
TEST(Rfc9615, S4_2_AnAuthenticatedFirstDsIsAcceptedAtOnce) {
  Timeline t;
  t.run("0h permit bootstrap A authenticated => accept looks=0 ready=never queues");
  EXPECT_EQ(t.step.queue->after, named_set("A"));
  both_ways().run("0h permit bootstrap A authenticated => accept looks=0 ready=never queues");
}

// [9615-6]
TEST(Rfc9615, S2_WithoutAuthenticationTheDelayAppliesWhereThePolicyListsIt) {
  both_ways().run("0h permit bootstrap A => hold looks=1 ready=72h no-change");
  Timeline().run("0h permit bootstrap A => refuse +bootstrap-off no-change");
}

TEST(EdgeCase, N081_SignalsThatAppearEndARunningDelay) {
  both_ways().run(R"(
    0h   permit bootstrap A => hold looks=1 ready=72h
    24h  permit bootstrap A => hold looks=2 ready=72h
    30h  permit bootstrap A authenticated => accept looks=0 ready=never -hold-running queues
  )");
}

// Signals that go again leave nothing behind: the delay begins anew.
TEST(Rfc9615, S2_SignalsThatVanishBeforeTheirTimeCountForNothing) {
  Timeline t = both_ways();
  t.vantages_configured = 2;
  t.policy.vantages.bootstrap = Quorum{true, 0};
  t.run(R"(
    0h   permit bootstrap A authenticated vantages=1 => hold looks=0 +vantages-missing no-change
    1h   permit bootstrap A vantages=2 => hold looks=1 ready=73h no-change
  )");
}

// [N078]
TEST(Rfc10026, S7_1_3_SignalsDoNotEndASuspension) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h  forbid update                     => refuse
    1h  set ds=none
    2h  permit bootstrap A authenticated  => suspended suspended no-change
    99h permit bootstrap A authenticated  => suspended no-change
  )");
}

// Barred is barred, however well it is authenticated (RFC 10026 §7.1.5, decision row 10).
TEST(Rfc10026, S7_1_5_SignalsDoNotHelpWhereTheRegistrarHasNoWayOut) {
  Timeline t;
  t.run(R"(
    0h  set no-exit
    0h  permit bootstrap A authenticated => refuse +bootstrap-barred no-change
  )");
}

}  // namespace
}  // namespace dskeeper::keeper
