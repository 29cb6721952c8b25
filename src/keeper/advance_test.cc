// The transition table: every outcome before, every ruling now. And what the journal is told.
#include "keeper/advance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keeper/timeline.h"

namespace dskeeper::keeper {
namespace {

// How a secure child of a policy with retries comes to each outcome.
struct Beginning {
  Outcome outcome;
  const char* script;
};

const std::vector<Beginning> beginnings = {
    {Outcome::idle, "0h idle => idle"},
    {Outcome::in_sync, "0h in-sync => in-sync"},
    {Outcome::accept, "0h permit update B => accept"},
    {Outcome::hold, "0h permit update B vantages=0 => hold"},
    {Outcome::refuse, "0h forbid update => refuse"},
    {Outcome::retry, "0h differ update => retry"},
};

struct Look {
  const char* look;
  Outcome outcome;
};
const std::vector<Look> looks = {
    {"idle", Outcome::idle},
    {"in-sync", Outcome::in_sync},
    {"permit update B", Outcome::accept},
    {"permit update B vantages=0", Outcome::hold},
    {"permit delete none", Outcome::accept},
    {"forbid update", Outcome::refuse},
    {"silence update B", Outcome::retry},
    {"missing update B", Outcome::retry},
    {"mute", Outcome::retry},
    {"differ update", Outcome::retry},
};

TEST(Advance, EachRulingHasItsOutcomeWhateverWasBefore) {
  for (const Beginning& beginning : beginnings) {
    for (const Look& look : looks) {
      SCOPED_TRACE(std::string(beginning.script) + " | " + look.look);
      Timeline t = secure_timeline();
      t.run(beginning.script);
      t.look_for_test(look.look, std::chrono::hours(1));
      EXPECT_EQ(to_text(t.step.next.outcome), to_text(look.outcome));
      const bool is_acceptable = look.outcome == Outcome::accept || look.outcome == Outcome::hold;
      EXPECT_EQ(t.step.next.ds.has_value(), is_acceptable);
      EXPECT_EQ(t.step.next.first_valid_at.has_value() && is_acceptable, is_acceptable);
      EXPECT_EQ(t.outbox.has_value(), look.outcome == Outcome::accept);
    }
  }
}

TEST(Advance, SuspendedWhateverTheRuling) {
  for (const Look& look : looks) {
    SCOPED_TRACE(look.look);
    Timeline t = secure_timeline();
    t.delegation.registration.no_ds = true;
    t.look_for_test(look.look, std::chrono::hours(1));
    EXPECT_EQ(t.step.next.outcome, Outcome::suspended);
    EXPECT_FALSE(t.step.next.ds);
    EXPECT_TRUE(t.step.changes.empty());
  }
}

TEST(Advance, ALookThatEndedEarlyDecidesNoOpenRequest) {
  for (const Beginning& beginning : beginnings) {
    for (const char* look :
         {"idle early", "in-sync early", "missing update B early", "permit update B early"}) {
      SCOPED_TRACE(std::string(beginning.script) + " | " + look);
      Timeline t = secure_timeline();
      t.run(beginning.script);
      const std::size_t findings = t.step.next.findings.size();
      t.look_for_test(look, std::chrono::hours(1));
      const bool is_at_rest_before = is_at_rest(beginning.outcome);
      const bool is_status_quo = std::string_view(look).find("update") == std::string_view::npos;
      if (is_at_rest_before && is_status_quo) {
        EXPECT_TRUE(is_at_rest(t.step.next.outcome));
      } else {
        EXPECT_EQ(t.step.next.outcome, Outcome::retry);
        EXPECT_EQ(t.step.next.ready_at, t.step.next.at) << "it is asked again in full at once";
      }
      EXPECT_FALSE(t.step.queue);
      EXPECT_GE(t.step.next.findings.size(), findings) << "it clears no finding";
    }
  }
}

TEST(Advance, AChildThatAsksForNothingLeavesNoTrace) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h   idle    => idle quiet unstored
    24h  in-sync => in-sync quiet unstored
    48h  idle    => idle quiet unstored
  )");
  EXPECT_FALSE(t.before);
}

TEST(Advance, TheRevisionOfTheSourceAloneIsNothingToStore) {
  secure_timeline().run(R"(
    0h   forbid update => refuse
    24h  set revision=101
    24h  forbid update => refuse quiet unstored
    48h  idle          => idle
    72h  idle          => idle quiet unstored
  )");
}

TEST(Advance, TransitionsAreRecordedOnce) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h   forbid update   => refuse
    24h  forbid update   => refuse quiet
    48h  permit update B => accept
    49h  permit update B => accept
    50h  in-sync         => in-sync
    74h  in-sync         => in-sync quiet
  )");
  std::vector<std::string> summaries;
  for (const Event& event : t.journal) summaries.push_back(event.summary);
  EXPECT_THAT(summaries, testing::ElementsAre("A new DS set is refused (signer-not-in-ds).",
                                              "A new DS set is accepted.",
                                              "A change of the DS set was queued.",
                                              "The queued change was judged again and stands.",
                                              "The child asks for nothing but what stands.",
                                              "The queued change was superseded."));
}

TEST(Advance, AnEventHoldsTheDecision) {
  Timeline t = delay_timeline();
  t.run("0h permit bootstrap A => hold");
  ASSERT_EQ(t.journal.size(), 2U);
  EXPECT_EQ(t.journal[0].kind, EventKind::look);
  EXPECT_EQ(t.journal[0].summary, "Look 1 of 3 of the waiting period found the request unchanged.");
  EXPECT_EQ(t.journal[1].kind, EventKind::transition);
  EXPECT_EQ(t.journal[1].summary,
            "A first DS set is acceptable and held until 2026-11-27T00:00:00Z.");
  EXPECT_THAT(t.journal[1].details, testing::StartsWith(R"({"request":"bootstrap","request_id":)"));
  EXPECT_THAT(t.journal[1].details, testing::HasSubstr(R"("outcome":"hold","ruling":"permit",)"));
}

TEST(Advance, FindingsComeWorstFirst) {
  Timeline t = secure_timeline();
  t.run(R"(
    0h permit update B => accept
    1h forbid update   => refuse supersedes
  )");
  EXPECT_EQ(t.step.next.findings.front().code, FindingCode::signer_not_in_ds);
  EXPECT_EQ(t.step.next.findings.back().code, FindingCode::change_superseded);
}

TEST(Advance, DeleteIsRefusedWhereThePolicyTakesNone) {
  Timeline t = secure_timeline();
  t.policy.accept_delete = false;
  t.run("0h permit delete none => refuse +delete-off no-change");
}

}  // namespace
}  // namespace dskeeper::keeper
