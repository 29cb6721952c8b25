#include "store/conformance_test.h"

#include <gmock/gmock.h>

#include "store/journal_check.h"
#include "store/test_support.h"

namespace dskeeper::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::vector<std::string> children(Store& store, std::string_view parent) {
  std::vector<std::string> seen;
  EXPECT_TRUE(store.visit_cases(name(parent),
                                [&](const Case& value) { seen.push_back(value.child.text()); }));
  return seen;
}

std::vector<std::string> children(const Result<std::vector<Change>>& changes) {
  std::vector<std::string> seen;
  EXPECT_TRUE(changes);
  for (const Change& change : *changes) seen.push_back(change.child.text());
  return seen;
}

TEST_P(StoreConformance, StartsEmpty) {
  const auto store = open();
  EXPECT_EQ(store->find_case(name("example."), name("kid.example.")).value(), std::nullopt);
  EXPECT_THAT(children(*store, "example."), IsEmpty());
  EXPECT_THAT(store->count_cases(name("example.")).value(), IsEmpty());
  EXPECT_THAT(store->open_changes(name("example.")).value(), IsEmpty());
  EXPECT_THAT(store->count_open_changes(name("example.")).value(), IsEmpty());
  EXPECT_THAT(store->history(name("example."), name("kid.example.")).value(), IsEmpty());
  EXPECT_FALSE(store->journal_head(name("example.")).value());
  EXPECT_FALSE(store->last_pass(name("example.")).value());
}

TEST_P(StoreConformance, GivesBackACaseAsItWas) {
  const Case value = sample_case("kid.example.");
  ASSERT_TRUE(open()->commit({.cases = {value}, .changes = {}, .events = {}}));
  EXPECT_EQ(open()->find_case(value.parent, value.child).value(), value);
}

TEST_P(StoreConformance, ReplacesACase) {
  const auto store = open();
  Case value = sample_case("kid.example.");
  ASSERT_TRUE(store->commit({.cases = {value}, .changes = {}, .events = {}}));
  value.outcome = Outcome::accept;
  value.ready_at.reset();
  ASSERT_TRUE(store->commit({.cases = {value}, .changes = {}, .events = {}}));
  EXPECT_EQ(store->find_case(value.parent, value.child).value(), value);
  EXPECT_THAT(store->count_cases(value.parent).value(), ElementsAre(Pair("accept", 1)));
}

TEST_P(StoreConformance, VisitsCasesInCanonicalOrder) {
  // The example of RFC 4034 §6.1, and an escaped zero octet, which sorts after the shorter label.
  const std::vector<std::string> ordered = {
      "example.",        "a.example.", "yljkjljk.a.example.", "z.a.example.", "zabc.a.example.",
      "a\\000.example.", "z.example.", "\\001.z.example.",    "*.z.example.", "\\200.z.example."};
  Batch batch;
  for (auto child = ordered.rbegin(); child != ordered.rend(); ++child) {
    batch.cases.push_back(sample_case(*child));
  }
  const auto store = open();
  ASSERT_TRUE(store->commit(batch));
  EXPECT_EQ(children(*store, "example."), ordered);
}

TEST_P(StoreConformance, KeepsParentsApart) {
  const auto store = open();
  ASSERT_TRUE(
      store->commit({.cases = {sample_case("kid.example."), sample_case("kid.test.", "test.")},
                     .changes = {sample_change("kid.test.", "test.")},
                     .events = {sample_event("kid.example."), sample_event("kid.test.", "test."),
                                sample_event("two.test.", "test.")}}));
  EXPECT_THAT(children(*store, "test."), ElementsAre("kid.test."));
  EXPECT_THAT(store->open_changes(name("example.")).value(), IsEmpty());
  EXPECT_EQ(store->journal_head(name("example.")).value()->number, 1U);
  EXPECT_EQ(store->journal_head(name("test.")).value()->number, 2U);
  EXPECT_TRUE(verify_journal(*store, name("example.")).value().is_whole());
  EXPECT_TRUE(verify_journal(*store, name("test.")).value().is_whole());
}

TEST_P(StoreConformance, CountsCasesByOutcome) {
  const auto store = open();
  Case done = sample_case("c.example.");
  done.outcome = Outcome::in_sync;
  ASSERT_TRUE(store->commit({.cases = {sample_case("a.example."), sample_case("b.example."), done},
                             .changes = {},
                             .events = {}}));
  EXPECT_THAT(store->count_cases(name("example.")).value(),
              ElementsAre(Pair("hold", 2), Pair("in-sync", 1)));
  Case other = sample_case("a.example.");
  other.outcome = Outcome::in_sync;
  ASSERT_TRUE(store->commit({.cases = {other, done}, .changes = {}, .events = {}}));
  EXPECT_THAT(store->count_cases(name("example.")).value(),
              ElementsAre(Pair("hold", 1), Pair("in-sync", 2)));
  EXPECT_THAT(store->count_cases(name("test.")).value(), IsEmpty());
}

TEST_P(StoreConformance, KeepsOpenChangesOldestFirst) {
  const auto store = open();
  Change sent = sample_change("c.example.", "example.", 1);
  sent.state = ChangeState::sent;
  Change failed = sample_change("d.example.", "example.", 4);
  failed.state = ChangeState::failed;
  ASSERT_TRUE(store->commit({.cases = {},
                             .changes = {sample_change("a.example.", "example.", 3), sent, failed,
                                         sample_change("b.example.", "example.", 2)},
                             .events = {}}));
  EXPECT_THAT(children(store->open_changes(name("example."))),
              ElementsAre("c.example.", "b.example.", "a.example."));
  EXPECT_THAT(children(store->recent_changes(name("example."), at_second(3))),
              ElementsAre("a.example.", "d.example."));
}

TEST_P(StoreConformance, GivesChangesOneIdForLife) {
  const auto store = open();
  Case value = sample_case("kid.example.");
  value.change = sample_change("kid.example.");
  ASSERT_TRUE(store->commit({.cases = {value}, .changes = {*value.change}, .events = {}}));
  const std::vector<Change> open_changes = store->open_changes(value.parent).value();
  ASSERT_EQ(open_changes.size(), 1U);
  EXPECT_THAT(store->count_open_changes(value.parent).value(),
              ElementsAre(Pair(open_changes.front().state, 1)));
  Change change = open_changes.front();
  EXPECT_EQ(change.id, change_id(*value.change));
  EXPECT_EQ(store->find_case(value.parent, value.child).value()->change->id, change.id);

  change.state = ChangeState::confirmed;
  change.ended_at = at_second(60);
  ASSERT_TRUE(store->commit({.cases = {}, .changes = {change}, .events = {}}));
  EXPECT_THAT(store->open_changes(value.parent).value(), IsEmpty());
  EXPECT_THAT(store->recent_changes(value.parent, at_second(0)).value(), ElementsAre(change));
}

TEST_P(StoreConformance, ChainsTheJournal) {
  const auto store = open();
  ASSERT_TRUE(store->commit({.cases = {},
                             .changes = {},
                             .events = {sample_event("a.example."), sample_event("b.example.")}}));
  ASSERT_TRUE(store->commit(
      {.cases = {}, .changes = {}, .events = {sample_event("a.example.", "example.", 9)}}));
  const std::vector<JournalEntry> entries =
      store->history(name("example."), name("a.example.")).value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].number, 1U);
  EXPECT_EQ(entries[0].hash, sample_event("a.example.").chained(Sha256{}));
  EXPECT_EQ(entries[1].number, 3U);
  EXPECT_EQ(entries[1].event.at, at_second(9));
  EXPECT_EQ(entries[1].event.summary, sample_event("a.example.").summary);
  EXPECT_EQ(store->journal_head(name("example.")).value()->hash, entries[1].hash);

  const JournalCheck check = verify_journal(*store, name("example."), entries[0].hash).value();
  EXPECT_TRUE(check.is_whole());
  EXPECT_EQ(check.sound, 3U);
  EXPECT_EQ(check.head, entries[1].hash);
  EXPECT_FALSE(verify_journal(*store, name("example."), Sha256{1}).value().is_whole());
}

TEST_P(StoreConformance, StopsVisitingTheJournalWhenTold) {
  const auto store = open();
  ASSERT_TRUE(store->commit({.cases = {},
                             .changes = {},
                             .events = {sample_event("a.example."), sample_event("b.example.")}}));
  int seen = 0;
  ASSERT_TRUE(store->visit_journal(name("example."), [&](const auto&) { return ++seen < 1; }));
  EXPECT_EQ(seen, 1);
}

TEST_P(StoreConformance, RemembersTheLastPass) {
  const auto store = open();
  PassRecord pass{.parent = name("example."),
                  .started_at = at_second(5),
                  .ended_at = std::nullopt,
                  .revision = "2026112401",
                  .children = 0,
                  .outcomes = {}};
  ASSERT_TRUE(store->record_pass(pass));
  EXPECT_FALSE(store->last_pass(pass.parent).value()->ended_at);
  pass.ended_at = at_second(8);
  pass.children = 3;
  pass.outcomes = {{"idle", 2}, {"hold", 1}};
  pass.is_void = true;
  pass.void_reason = "a third of the addresses of IPv6 failed";
  ASSERT_TRUE(store->record_pass(pass));
  PassRecord earlier = pass;
  earlier.started_at = at_second(1);
  ASSERT_TRUE(store->record_pass(earlier));

  const PassRecord last = store->last_pass(pass.parent).value().value();
  EXPECT_EQ(last.started_at, pass.started_at);
  EXPECT_EQ(last.ended_at, pass.ended_at);
  EXPECT_EQ(last.revision, pass.revision);
  EXPECT_EQ(last.children, 3U);
  EXPECT_EQ(last.outcomes, pass.outcomes);
  EXPECT_TRUE(last.is_void);
  EXPECT_EQ(last.void_reason, pass.void_reason);
}

TEST_P(StoreConformance, RemembersHowFarThePassIs) {
  const auto store = open();
  PassProgress progress{.parent = name("example."),
                        .started_at = at_second(5),
                        .at = at_second(7),
                        .done = 3,
                        .total = 10,
                        .questions = 8,
                        .outcomes = {{"idle", 2}, {"hold", 1}}};
  EXPECT_FALSE(store->find_progress(progress.parent).value());
  ASSERT_TRUE(store->record_progress(progress));
  EXPECT_EQ(store->find_progress(progress.parent).value(), progress);
  progress.at = at_second(9);
  progress.outcomes = {{"idle", 7}};
  ASSERT_TRUE(store->record_progress(progress));
  EXPECT_EQ(store->find_progress(progress.parent).value(), progress);
  EXPECT_FALSE(store->find_progress(name("other.")).value());
  ASSERT_TRUE(store->clear_progress(progress.parent));
  EXPECT_FALSE(store->find_progress(progress.parent).value());
}

TEST_P(StoreConformance, ShowsReadersWhatWasCommitted) {
  const auto writer = open();
  const auto reader = open(Access::read_only);
  EXPECT_THAT(children(*reader, "example."), IsEmpty());
  ASSERT_TRUE(
      writer->commit({.cases = {sample_case("kid.example.")}, .changes = {}, .events = {}}));
  EXPECT_THAT(children(*reader, "example."), ElementsAre("kid.example."));
}

TEST_P(StoreConformance, TakesTurnsWithAnotherWriter) {
  const auto one = open();
  const auto other = open();
  for (int round = 0; round < 3; ++round) {
    for (Store* store : {one.get(), other.get()}) {
      ASSERT_TRUE(
          store->commit({.cases = {}, .changes = {}, .events = {sample_event("a.example.")}}));
    }
  }
  EXPECT_EQ(verify_journal(*one, name("example.")).value().sound, 6U);
}

TEST_P(StoreConformance, GivesAZonesLeaseToOneAtATime) {
  const auto one = open();
  const auto other = open();
  auto lease = one->take_lease(name("example."));
  ASSERT_TRUE(lease);
  EXPECT_TRUE(other->take_lease(name("test.")));
  const auto refused = other->take_lease(name("example."));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), testing::HasSubstr("the zone example. is held by process "));
  lease->reset();
  EXPECT_TRUE(other->take_lease(name("example.")));
}

}  // namespace
}  // namespace dskeeper::store
