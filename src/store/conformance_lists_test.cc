// What every store must do with lists: filters, pages, counts that follow.
#include <gmock/gmock.h>

#include "store/conformance_test.h"
#include "store/test_support.h"

namespace dskeeper::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Case case_of(std::string_view child, Outcome outcome, std::vector<FindingCode> codes,
             std::string_view operator_name = "op.example.", std::string registrar = "") {
  Case value = sample_case(child);
  value.outcome = outcome;
  const std::string host(operator_name);
  value.delegation.name_servers = {{.host = name("ns1." + host), .glue = {}},
                                   {.host = name("ns2." + host), .glue = {}}};
  value.delegation.registration.sponsor = std::move(registrar);
  for (const FindingCode code : codes) value.findings.push_back({code, {}, {}});
  return value;
}

void put(Store& store, std::vector<Case> cases) {
  ASSERT_TRUE(store.commit({.cases = std::move(cases), .changes = {}, .events = {}}));
}

// All pages, joined.
std::vector<std::string> listed(Store& store, const CaseFilter& filter, std::size_t limit = 2) {
  std::vector<std::string> children;
  std::optional<dns::Name> after;
  do {
    const CasePage page = store.list_cases(name("example."), filter, after, limit).value();
    EXPECT_LE(page.cases.size(), limit);
    for (const CaseSummary& summary : page.cases) children.push_back(summary.child.text());
    after = page.next;
  } while (after);
  return children;
}

TEST_P(StoreConformance, GivesTheNewestEventsOfSomeKindsOfOneChild) {
  const auto store = open();
  const auto event = [](std::string_view child, EventKind kind, std::string summary) {
    return Event{name("example."), name(child), at_second(1), kind, std::move(summary), "{}"};
  };
  ASSERT_TRUE(store->commit({.cases = {},
                             .changes = {},
                             .events = {event("a.example.", EventKind::transition, "first"),
                                        event("a.example.", EventKind::look, "second"),
                                        event("b.example.", EventKind::look, "another's"),
                                        event("a.example.", EventKind::act, "by hand"),
                                        event("a.example.", EventKind::change, "last")}}));
  const std::array kinds = {EventKind::transition, EventKind::look, EventKind::change};
  const auto summaries = [&](std::size_t limit) {
    std::vector<std::string> out;
    for (const Event& one :
         store->recent_events(name("example."), name("a.example."), kinds, limit).value()) {
      out.push_back(one.summary + one.details);
    }
    return out;
  };
  EXPECT_THAT(summaries(9), ElementsAre("last", "second", "first"));
  EXPECT_THAT(summaries(2), ElementsAre("last", "second"));
  // Whoever notifies without end makes nobody read without end.
  const std::vector<Event> notices(1'000, event("a.example.", EventKind::notify, "a NOTIFY"));
  ASSERT_TRUE(store->commit({.cases = {}, .changes = {}, .events = notices}));
  EXPECT_THAT(summaries(9), IsEmpty());
}

TEST_P(StoreConformance, ListsCasesByWhatIsGiven) {
  const auto store = open();
  using enum FindingCode;
  put(*store, {case_of("a.example.", Outcome::hold, {hold_running}),
               case_of("b.example.", Outcome::refuse, {servers_differ, server_silent}, "two.net."),
               case_of("c.example.", Outcome::refuse, {servers_differ}, "two.net.", "R1"),
               case_of("d.example.", Outcome::refuse, {types_differ}, "op.example.", "R1"),
               case_of("e.example.", Outcome::in_sync, {}, "op.example.", "R2")});
  put(*store, {sample_case("x.test.", "test.")});
  EXPECT_THAT(listed(*store, {}),
              ElementsAre("a.example.", "b.example.", "c.example.", "d.example.", "e.example."));
  EXPECT_THAT(listed(*store, {.outcome = Outcome::refuse}),
              ElementsAre("b.example.", "c.example.", "d.example."));
  EXPECT_THAT(listed(*store, {.finding = server_silent}), ElementsAre("b.example."));
  EXPECT_THAT(listed(*store, {.operator_name = "two.net."}),
              ElementsAre("b.example.", "c.example."));
  EXPECT_THAT(listed(*store, {.registrar = "R1"}), ElementsAre("c.example.", "d.example."));
  EXPECT_THAT(listed(*store, {.outcome = Outcome::refuse,
                              .finding = servers_differ,
                              .operator_name = "two.net.",
                              .registrar = "R1"}),
              ElementsAre("c.example."));
  EXPECT_THAT(listed(*store, {.outcome = Outcome::retry}), IsEmpty());
}

TEST_P(StoreConformance, AListTellsOfEachCase) {
  const auto store = open();
  const Case value =
      case_of("a.example.", Outcome::hold, {FindingCode::servers_differ, FindingCode::hold_running},
              "op.net.", "R1");
  put(*store, {value});
  const CasePage page = store->list_cases(name("example."), {}, std::nullopt, 5).value();
  EXPECT_EQ(page.next, std::nullopt);
  EXPECT_THAT(page.cases, ElementsAre(CaseSummary{.child = value.child,
                                                  .outcome = Outcome::hold,
                                                  .request = value.request,
                                                  .ready_at = value.ready_at,
                                                  .operator_name = "op.net.",
                                                  .registrar = "R1",
                                                  .findings = {"hold-running", "servers-differ"}}));
}

TEST_P(StoreConformance, ListsAndCountsFollowTheFindings) {
  const auto store = open();
  using enum FindingCode;
  put(*store, {case_of("a.example.", Outcome::refuse, {servers_differ, server_silent}),
               case_of("b.example.", Outcome::refuse, {servers_differ})});
  EXPECT_THAT(store->count_findings(name("example.")).value(),
              ElementsAre(Pair("server-silent", 1), Pair("servers-differ", 2)));
  put(*store, {case_of("a.example.", Outcome::refuse, {types_differ, server_silent})});
  EXPECT_THAT(listed(*store, {.finding = servers_differ}), ElementsAre("b.example."));
  EXPECT_THAT(listed(*store, {.finding = types_differ}), ElementsAre("a.example."));
  EXPECT_THAT(
      store->count_findings(name("example.")).value(),
      ElementsAre(Pair("server-silent", 1), Pair("servers-differ", 1), Pair("types-differ", 1)));
  put(*store, {case_of("a.example.", Outcome::idle, {}), case_of("b.example.", Outcome::idle, {})});
  EXPECT_THAT(store->count_findings(name("example.")).value(), IsEmpty());
}

// A page that has looked at many cases in vain ends, and says where the next one begins.
TEST_P(StoreConformance, AFilterThatNothingMeetsComesToItsEnd) {
  const auto store = open();
  std::vector<Case> cases;
  for (int child = 0; child < 6000; ++child) {
    cases.push_back(case_of(std::to_string(child) + ".example.", Outcome::idle, {}));
  }
  cases.push_back(case_of("zz.example.", Outcome::hold, {}));
  put(*store, cases);
  const CaseFilter filter{.outcome = Outcome::hold, .operator_name = "op.example."};
  const CasePage first = store->list_cases(name("example."), filter, std::nullopt, 10).value();
  EXPECT_THAT(first.cases, IsEmpty());
  ASSERT_TRUE(first.next);
  EXPECT_THAT(listed(*store, filter), ElementsAre("zz.example."));
}

TEST_P(StoreConformance, ListsChangesNewestFirst) {
  const auto store = open();
  ASSERT_TRUE(store->commit({.cases = {},
                             .changes = {sample_change("a.example.", "example.", 1),
                                         sample_change("b.example.", "example.", 2),
                                         sample_change("a.example.", "example.", 3),
                                         sample_change("x.test.", "test.", 4)},
                             .events = {}}));
  const auto page = [&](std::optional<dns::Name> child, std::optional<std::uint64_t> before,
                        std::size_t limit) {
    return store->list_changes(name("example."), child, before, limit).value();
  };
  const auto first = page(std::nullopt, std::nullopt, 2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].change.queued_at, at_second(3));
  const auto second = page(std::nullopt, first[1].number, 2);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].change.queued_at, at_second(1));
  EXPECT_EQ(page(name("a.example."), std::nullopt, 5).size(), 2U);
  EXPECT_THAT(page(name("c.example."), std::nullopt, 5), IsEmpty());
}

// A page begins where the one before ended, also where a clock was set back between two changes,
// where several are of the same moment, and among those of another parent zone.
TEST_P(StoreConformance, PagesOfChangesGoByTheTimeOfQueueing) {
  const auto store = open();
  std::vector<Change> changes;
  for (const int second : {5, 3, 3, 3, 9, 1}) {
    const std::string number = std::to_string(changes.size());
    changes.push_back(sample_change("kid" + number + ".example.", "example.", second));
    changes.push_back(sample_change("kid" + number + ".test.", "test.", second));
  }
  ASSERT_TRUE(store->commit({.cases = {}, .changes = changes, .events = {}}));
  std::vector<std::string> children;
  std::optional<std::uint64_t> before;
  for (std::size_t page = 0; page < changes.size(); ++page) {
    const auto listed = store->list_changes(name("example."), std::nullopt, before, 2).value();
    if (listed.empty()) break;
    for (const NumberedChange& one : listed) children.push_back(one.change.child.text());
    before = listed.back().number;
  }
  EXPECT_THAT(children, ElementsAre("kid8.example.", "kid0.example.", "kid6.example.",
                                    "kid4.example.", "kid2.example.", "kid10.example."));
  const std::uint64_t beyond = 1'000'000;  // nothing has that number
  EXPECT_EQ(store->list_changes(name("example."), std::nullopt, beyond, 9).value().size(), 6U);
}

TEST_P(StoreConformance, ListsTheEvidenceOfAChild) {
  const auto store = open();
  PackedEvidence one;
  one.parent = name("example.");
  one.child = name("a.example.");
  one.at = at_second(1);
  one.document = "one";
  one.id = sha256(as_bytes(one.document));
  PackedEvidence two = one;
  two.document = "two";
  two.id = sha256(as_bytes(two.document));
  Batch batch;
  batch.evidence = {one, two};
  ASSERT_TRUE(store->commit(batch));
  const auto labels = store->list_evidence(one.parent, one.child, 5).value();
  ASSERT_EQ(labels.size(), 2U);
  EXPECT_EQ(labels[0].id, two.id);
  EXPECT_EQ(store->list_evidence(one.parent, one.child, 1).value().size(), 1U);
  EXPECT_EQ(store->find_evidence(one.parent, one.id).value(), one);
  EXPECT_EQ(store->find_evidence(name("test."), one.id).value(), std::nullopt);
  EXPECT_EQ(store->find_evidence(one.parent, Sha256{}).value(), std::nullopt);
}

}  // namespace
}  // namespace dskeeper::store
