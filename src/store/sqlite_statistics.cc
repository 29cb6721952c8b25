// The SQLite store's counts: the census of a parent zone, and what happened on each day.
#include <algorithm>

#include "store/sqlite_store_class.h"

namespace dskeeper::store {
namespace {

std::uint64_t to_column(Day day) {
  return static_cast<std::uint64_t>(day.time_since_epoch().count());
}
Day day_of_column(std::uint64_t column) {
  return Day(std::chrono::days(static_cast<std::int64_t>(column)));
}

// Of the whole zone, also of operators that are not among the largest.
std::uint64_t count_of(const std::map<std::string, std::uint64_t>& outcomes, std::string_view one,
                       std::string_view other) {
  std::uint64_t count = 0;
  for (const auto& [outcome, children] : outcomes) {
    if (outcome == one || outcome == other) count += children;
  }
  return count;
}

}  // namespace

void SqliteStore::put(const Census& census) {
  const std::string parent = census.parent.text();
  Query(lists_.prepared("INSERT INTO censuses (parent, at, delegations, secure, operators) "
                        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (parent) DO UPDATE SET "
                        "at = excluded.at, delegations = excluded.delegations, "
                        "secure = excluded.secure, operators = excluded.operators"),
        parent, census.at, census.whole.delegations, census.whole.secure, census.operators)
      .run();
  Query(lists_.prepared("INSERT INTO census_days (parent, day, delegations, secure) "
                        "VALUES (?, ?, ?, ?) ON CONFLICT (parent, day) DO UPDATE SET "
                        "delegations = excluded.delegations, secure = excluded.secure"),
        parent, to_column(day_of(census.at)), census.whole.delegations, census.whole.secure)
      .run();
  Query(lists_.prepared("DELETE FROM census_operators WHERE parent = ?"), parent).run();
  SQLite::Statement& put_operator = lists_.prepared(
      "INSERT INTO census_operators (parent, operator, delegations, secure) VALUES (?, ?, ?, ?)");
  for (const OperatorShare& share : census.largest) {
    Query(put_operator, parent, share.operator_name, share.delegations, share.secure).run();
  }
}

Result<std::optional<Census>> SqliteStore::find_census(const dns::Name& parent) {
  const auto outcomes = count_cases(parent);
  if (!outcomes) return tl::unexpected<Error>(outcomes.error());
  return guarded(path_, [&]() -> Result<std::optional<Census>> {
    Query whole(lists_.prepared("SELECT at, delegations, secure, operators FROM censuses "
                                "WHERE parent = ?"),
                parent.text());
    if (!whole.next()) return std::optional<Census>();
    Census census{.parent = parent,
                  .at = time_of(whole.column(0)),
                  .whole = {.operator_name = {},
                            .delegations = whole.count(1),
                            .secure = whole.count(2),
                            .asking = count_of(*outcomes, "accept", "hold"),
                            .broken = count_of(*outcomes, "refuse", "retry")},
                  .operators = whole.count(3),
                  .largest = {}};
    Query row(lists_.prepared(
                  "SELECT o.operator, o.delegations, o.secure, COALESCE(c.asking, 0), "
                  "COALESCE(c.broken, 0) FROM census_operators AS o LEFT JOIN operator_counts AS c "
                  "ON c.parent = o.parent AND c.operator = o.operator WHERE o.parent = ?"),
              parent.text());
    while (row.next()) {
      census.largest.push_back(
          {row.text(0), row.count(1), row.count(2), row.count(3), row.count(4)});
    }
    std::ranges::sort(census.largest, [](const OperatorShare& a, const OperatorShare& b) {
      if (a.delegations != b.delegations) return a.delegations > b.delegations;
      return a.operator_name < b.operator_name;
    });
    return std::optional(std::move(census));
  });
}

Result<std::optional<CensusDay>> SqliteStore::last_census_day(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::optional<CensusDay>> {
    Query row(lists_.prepared("SELECT at / 86400000, delegations, secure FROM censuses "
                              "WHERE parent = ?"),
              parent.text());
    if (!row.next()) return std::optional<CensusDay>();
    return std::optional(CensusDay{day_of_column(row.count(0)), row.count(1), row.count(2)});
  });
}

Result<std::vector<CensusDay>> SqliteStore::census_days(const dns::Name& parent, Day since) {
  return guarded(path_, [&]() -> Result<std::vector<CensusDay>> {
    std::vector<CensusDay> days;
    Query row(lists_.prepared("SELECT day, delegations, secure FROM census_days "
                              "WHERE parent = ? AND day >= ? ORDER BY day"),
              parent.text(), to_column(since));
    while (row.next()) days.push_back({day_of_column(row.count(0)), row.count(1), row.count(2)});
    return days;
  });
}

Result<std::vector<ChangesOfDay>> SqliteStore::change_days(const dns::Name& parent, Day since) {
  return guarded(path_, [&]() -> Result<std::vector<ChangesOfDay>> {
    std::vector<ChangesOfDay> days;
    Query row(lists_.prepared("SELECT day, kind, state, changes FROM change_counts "
                              "WHERE parent = ? AND day >= ? AND changes > 0 "
                              "ORDER BY day, kind, state"),
              parent.text(), to_column(since));
    while (row.next()) {
      const Result<ChangeState> state = parse_change_state(row.text(2));
      if (!state) return tl::unexpected<Error>(state.error());
      days.push_back({day_of_column(row.count(0)), row.text(1), *state, row.count(3)});
    }
    return days;
  });
}

Result<std::vector<MessagesOfDay>> SqliteStore::message_days(const dns::Name& parent, Day since) {
  return guarded(path_, [&]() -> Result<std::vector<MessagesOfDay>> {
    std::vector<MessagesOfDay> days;
    Query row(lists_.prepared("SELECT day, notifies, reports FROM message_counts "
                              "WHERE parent = ? AND day >= ? ORDER BY day"),
              parent.text(), to_column(since));
    while (row.next()) days.push_back({day_of_column(row.count(0)), row.count(1), row.count(2)});
    return days;
  });
}

Result<std::vector<AgentReportCount>> SqliteStore::agent_reports(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::vector<AgentReportCount>> {
    std::vector<AgentReportCount> agents;
    Query row(lists_.prepared(fmt::format(
                  "SELECT json_extract(details, '$.agent') AS agent, COUNT(*), MAX(at) FROM ("
                  "SELECT details, at FROM journal INDEXED BY journal_reports "
                  "WHERE parent = ? AND kind = 'report' AND json_valid(details) "
                  "ORDER BY number DESC LIMIT {}) "
                  "WHERE agent IS NOT NULL GROUP BY agent ORDER BY COUNT(*) DESC, agent",
                  AgentReportCount::reports_max)),
              parent.text());
    while (row.next()) agents.push_back({row.text(0), row.count(1), time_of(row.column(2))});
    return agents;
  });
}

}  // namespace dskeeper::store
