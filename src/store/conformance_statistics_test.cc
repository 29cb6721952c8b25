// What every store must count for the plots: the zone by operator, and what happened by day.
#include <gmock/gmock.h>

#include "store/conformance_test.h"
#include "store/test_support.h"

namespace dskeeper::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t day_seconds = 86'400;
const Day first_day = day_of(at_second(0));
const Day second_day = first_day + std::chrono::days(1);

Case case_of(std::string_view child, Outcome outcome, std::string_view operator_name) {
  Case value = sample_case(child);
  value.outcome = outcome;
  const std::string host(operator_name);
  value.delegation.name_servers = {{.host = name("ns1." + host), .glue = {}},
                                   {.host = name("ns2." + host), .glue = {}}};
  return value;
}

Census census_of(std::int64_t second, std::uint64_t secure) {
  return {.parent = name("example."),
          .at = at_second(second),
          .whole = {.operator_name = {}, .delegations = 100, .secure = secure},
          .operators = 7,
          .largest = {{"two.net.", 60, 20}, {"", 4, 0}, {"op.example.", 20, 19}}};
}

void put(Store& store, Batch batch) {
  ASSERT_TRUE(store.commit(batch));
}
void put_cases(Store& store, std::vector<Case> cases) {
  put(store, {.cases = std::move(cases), .changes = {}, .events = {}});
}
void put_census(Store& store, Census census) {
  Batch batch;
  batch.censuses = {std::move(census)};
  put(store, batch);
}
void put_changes(Store& store, std::vector<Change> changes) {
  put(store, {.cases = {}, .changes = std::move(changes), .events = {}});
}

TEST_P(StoreConformance, HasNoCountsOfWhatNeverWas) {
  const auto store = open();
  EXPECT_EQ(store->find_census(name("example.")).value(), std::nullopt);
  EXPECT_THAT(store->census_days(name("example."), Day{}).value(), IsEmpty());
  EXPECT_EQ(store->last_census_day(name("example.")).value(), std::nullopt);
  EXPECT_THAT(store->change_days(name("example."), Day{}).value(), IsEmpty());
  EXPECT_THAT(store->message_days(name("example."), Day{}).value(), IsEmpty());
  EXPECT_THAT(store->agent_reports(name("example.")).value(), IsEmpty());
}

TEST_P(StoreConformance, GivesBackTheLastCensusWithTheLargestOperatorFirst) {
  const auto store = open();
  put_census(*store, census_of(1, 5));
  Census next = census_of(2, 39);
  next.largest.pop_back();
  put_census(*store, next);
  EXPECT_EQ(store->find_census(name("test.")).value(), std::nullopt);
  const auto found = store->find_census(name("example.")).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, next);
}

TEST_P(StoreConformance, ACensusSaysWhatTheOperatorsChildrenAskFor) {
  const auto store = open();
  put_census(*store, census_of(1, 39));
  using enum Outcome;
  put_cases(
      *store,
      {case_of("a.example.", hold, "two.net."), case_of("b.example.", accept, "two.net."),
       case_of("c.example.", refuse, "two.net."), case_of("d.example.", retry, "op.example."),
       case_of("e.example.", in_sync, "two.net."), case_of("f.example.", hold, "small.net.")});
  const auto shares = [&] {
    const Census census = store->find_census(name("example.")).value().value();
    std::vector<std::array<std::uint64_t, 2>> out = {{census.whole.asking, census.whole.broken}};
    for (const OperatorShare& share : census.largest) out.push_back({share.asking, share.broken});
    return out;
  };
  using Pair = std::array<std::uint64_t, 2>;
  EXPECT_THAT(shares(), ElementsAre(Pair{3, 2}, Pair{2, 1}, Pair{0, 1}, Pair{0, 0}));
  // What was asked for stands; what was broken is mended; a child has moved.
  put_cases(
      *store,
      {case_of("a.example.", in_sync, "two.net."), case_of("d.example.", accept, "op.example."),
       case_of("c.example.", refuse, "op.example."), case_of("e.example.", hold, "two.net.")});
  EXPECT_THAT(shares(), ElementsAre(Pair{4, 1}, Pair{2, 0}, Pair{1, 1}, Pair{0, 0}));
}

TEST_P(StoreConformance, TheLastCensusOfADayStandsForIt) {
  const auto store = open();
  put_census(*store, census_of(1, 10));
  put_census(*store, census_of(day_seconds - 1, 11));
  put_census(*store, census_of(day_seconds, 12));
  EXPECT_THAT(store->census_days(name("example."), Day{}).value(),
              ElementsAre(CensusDay{first_day, 100, 11}, CensusDay{second_day, 100, 12}));
  EXPECT_THAT(store->census_days(name("example."), second_day).value(),
              ElementsAre(CensusDay{second_day, 100, 12}));
  EXPECT_EQ(store->last_census_day(name("example.")).value(), (CensusDay{second_day, 100, 12}));
}

TEST_P(StoreConformance, CountsChangesByDayKindAndEnd) {
  const auto store = open();
  const auto change = [](std::string_view child, std::int64_t second, Request request) {
    Change value = sample_change(child, "example.", second);
    value.request = request;
    value.name_servers.reset();
    value.before = {};
    value.after = {dns::Ds::parse("1 13 2 " + std::string(64, 'A')).value()};
    value.state = ChangeState::queued;
    return value;
  };
  Change one = change("a.example.", 1, Request::bootstrap);
  Change servers = change("c.example.", 3, Request::update);
  servers.name_servers = NameServersEdit{};
  Change ttl = change("d.example.", day_seconds, Request::update);
  ttl.before = ttl.after;
  put_changes(*store, {one, change("b.example.", 2, Request::bootstrap), servers, ttl,
                       change("e.example.", day_seconds, Request::remove)});
  one.state = ChangeState::confirmed;
  put_changes(*store, {one});
  put_changes(*store, {one});
  using enum ChangeState;
  EXPECT_THAT(store->change_days(name("example."), Day{}).value(),
              ElementsAre(ChangesOfDay{first_day, "bootstrap", confirmed, 1},
                          ChangesOfDay{first_day, "bootstrap", queued, 1},
                          ChangesOfDay{first_day, "name-servers", queued, 1},
                          ChangesOfDay{second_day, "delete", queued, 1},
                          ChangesOfDay{second_day, "ttl", queued, 1}));
  EXPECT_EQ(store->change_days(name("example."), second_day)->size(), 2U);
}

TEST_P(StoreConformance, CountsNotifiesAndReportsByDayAndAgent) {
  const auto store = open();
  const auto event = [](EventKind kind, std::int64_t second, std::string details) {
    return Event{name("example."),  name("a.example."), at_second(second), kind, "x",
                 std::move(details)};
  };
  put(*store, {.cases = {},
               .changes = {},
               .events = {event(EventKind::notify, 1, R"({"agent":"nobody."})"),
                          event(EventKind::report, 2, R"({"agent":"a.test."})"),
                          event(EventKind::report, 3, R"({"agent":"b.test."})"),
                          event(EventKind::report, 4, R"({"audience":"registrant"})"),
                          event(EventKind::look, 5, "{}"),
                          event(EventKind::report, day_seconds, R"({"agent":"b.test."})")}});
  EXPECT_THAT(store->message_days(name("example."), Day{}).value(),
              ElementsAre(MessagesOfDay{first_day, 1, 3}, MessagesOfDay{second_day, 0, 1}));
  EXPECT_THAT(store->agent_reports(name("example.")).value(),
              ElementsAre(AgentReportCount{"b.test.", 2, at_second(day_seconds)},
                          AgentReportCount{"a.test.", 1, at_second(2)}));
}

}  // namespace
}  // namespace dskeeper::store
