// RFC 10026 §4.1.2: the DS TTL is lowered with a new set and restored later. Timelines.
#include "keeper/ttl_restore.h"

#include <gtest/gtest.h>

#include "keeper/timeline.h"
#include "model/json.h"

namespace dskeeper::keeper {
namespace {

using std::chrono::hours;

// A first DS with a TTL of ten minutes, confirmed at 0h.
Timeline bootstrapped_timeline() {
  Timeline t = delay_timeline();
  t.policy.hold = Duration::zero();
  t.policy.looks = 1;
  t.run(R"(
    0h  permit bootstrap A => accept queues
    0h  send taken
    0h  ask stands
    1h  set ds=A ttl=600 revision=101
    1h  in-sync            => in-sync no-change
  )");
  return t;
}

// [10026-4]
TEST(Rfc10026, S4_1_2_TheTtlOfAFirstDsIsRestoredAfterItsTime) {
  Timeline t = bootstrapped_timeline();
  t.run(R"(
    24h in-sync => in-sync no-change
    47h in-sync => in-sync no-change
    48h in-sync => in-sync queues
  )");
  const Change change = *t.step.queue;
  EXPECT_TRUE(change.is_ttl_only());
  EXPECT_EQ(change.after, named_set("A"));
  EXPECT_EQ(change.ttl, dns::Ttl{3600});
  EXPECT_EQ(change.hosts, t.delegation.hosts());
  EXPECT_TRUE(is_still_decided(t.before, change));
  t.run(R"(
    49h in-sync => in-sync refreshes
    49h send taken
    50h in-sync => in-sync no-change
    51h ask stands
    72h in-sync => in-sync no-change
    73h set ttl=3600
    73h in-sync => in-sync no-change
  )");
  EXPECT_FALSE(t.before->lowered_ttl);
}

// [10026-4]
TEST(EdgeCase, N126_TheTimeOfTheRestorationSurvivesARestart) {
  Timeline t = bootstrapped_timeline();
  t.before = case_from_json(case_to_json(*t.before)).value();
  t.run(R"(
    47h in-sync => in-sync no-change
    48h idle    => idle queues
  )");
  EXPECT_EQ(t.step.queue->ttl, dns::Ttl{3600});
}

// [10026-4]
TEST(Rfc10026, S4_1_2_AnUpdateLowersTheTtlAndTheEarlierOneIsRestored) {
  Timeline t = secure_timeline();
  t.policy.ds_ttl.keep_on_update = false;
  t.run(R"(
    0h  set ttl=7200
    0h  permit update B => accept queues
  )");
  EXPECT_EQ(t.step.queue->ttl, dns::Ttl{600});
  EXPECT_EQ(t.step.queue->restore_ttl, dns::Ttl{7200});
  t.run(R"(
    0h  send taken
    0h  ask stands
    1h  set ds=B ttl=600 revision=101
    48h in-sync => in-sync queues
  )");
  EXPECT_EQ(t.step.queue->ttl, dns::Ttl{7200});
}

// [10026-4]
TEST(Rfc10026, S4_1_2_AnyNewerChangeTakesTheRestorationsPlace) {
  for (const bool keep : {true, false}) {
    Timeline t = bootstrapped_timeline();
    t.policy.ds_ttl.keep_on_update = keep;
    t.run(R"(
      24h permit update B => accept queues
      24h send taken
      24h ask stands
      25h set ds=B ttl=600 revision=102
      25h in-sync => in-sync
      49h in-sync => in-sync no-change
      72h in-sync => in-sync queues
    )");
    EXPECT_EQ(t.step.queue->ttl, dns::Ttl{3600});
  }
  bootstrapped_timeline().run(R"(
    48h in-sync            => in-sync queues
    49h permit update B    => accept supersedes queues
    50h permit delete none => accept supersedes queues
    50h send taken
    50h ask stands
    51h set ds=none revision=102
    51h idle => idle no-change
    99h idle => idle no-change
  )");
}

// [10026-4]
TEST(Rfc10026, S4_1_2_AnotherSetOrTtlByOtherMeansEndsIt) {
  for (const char* facts : {"ttl=3600", "ttl=900", "ds=C", "ds=none"}) {
    SCOPED_TRACE(facts);
    Timeline t = bootstrapped_timeline();
    t.run(std::string("24h set revision=103 ") + facts);
    t.look_for_test("idle", hours(25));
    t.look_for_test("idle", hours(49));
    EXPECT_FALSE(t.step.queue);
  }
}

TEST(TtlRestore, WaitsWhereAutomationIsOff) {
  bootstrapped_timeline().run(R"(
    47h set no-ds
    48h in-sync => suspended no-change
  )");
}

TEST(TtlRestore, IsTriedAgainAfterAsLongATimeWhereTheParentDoesNotTakeIt) {
  bootstrapped_timeline().run(R"(
    48h in-sync => in-sync queues
    48h send failed
    49h in-sync => in-sync no-change
    95h in-sync => in-sync no-change
    96h in-sync => in-sync queues
  )");
}

TEST(TtlRestore, LowersNothingThatIsLowAlready) {
  Timeline t = secure_timeline();
  t.policy.ds_ttl.keep_on_update = false;
  t.run(R"(
    0h  set ttl=120
    0h  permit update B => accept queues
  )");
  EXPECT_EQ(t.step.queue->ttl, dns::Ttl{120});
  EXPECT_FALSE(t.step.queue->restore_ttl);
}

TEST(TtlRestore, RemovesNobodysDs) {
  Timeline t = bootstrapped_timeline();
  t.run("48h in-sync => in-sync queues");
  t.run(R"(
    48h send unknown
    49h set ds=none revision=103
    49h idle => suspended
  )");
}

}  // namespace
}  // namespace dskeeper::keeper
