// The SQLite store's cases and its outbox of changes.
#include <algorithm>

#include "model/json.h"
#include "model/operator_name.h"
#include "store/case_columns.h"
#include "store/change_kind.h"
#include "store/name_key.h"
#include "store/sqlite_store_class.h"

namespace dskeeper::store {

CaseStatements::CaseStatements(const SQLite::Database& database)
    : put(database,
          "INSERT INTO cases (parent, child_key, child, outcome, request, ready_at, operator, "
          "registrar, findings, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (parent, child_key) DO UPDATE SET outcome = excluded.outcome, "
          "request = excluded.request, ready_at = excluded.ready_at, operator = excluded.operator, "
          "registrar = excluded.registrar, findings = excluded.findings, json = excluded.json"),
      find(database, "SELECT json FROM cases WHERE parent = ? AND child_key = ?"),
      codes(database, "SELECT findings FROM cases WHERE parent = ? AND child_key = ?"),
      add_finding(database, "INSERT INTO case_findings (parent, code, child_key) VALUES (?, ?, ?)"),
      remove_finding(database,
                     "DELETE FROM case_findings WHERE parent = ? AND code = ? AND child_key = ?"),
      visit(database, "SELECT json FROM cases WHERE parent = ? ORDER BY child_key"),
      count(database,
            "SELECT outcome, children FROM case_counts WHERE parent = ? AND children > 0") {}

ChangeStatements::ChangeStatements(const SQLite::Database& database)
    : put(database,
          "INSERT INTO changes (id, parent, child, state, queued_at, kind, json) "
          "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
          "state = excluded.state, json = excluded.json"),
      find(database, "SELECT json FROM changes WHERE id = ?"),
      open(database,
           "SELECT json FROM changes WHERE parent = ? AND state IN ('queued', 'sent') "
           "ORDER BY queued_at, rowid"),
      recent(database,
             "SELECT json FROM changes WHERE parent = ? AND queued_at >= ? "
             "ORDER BY queued_at, rowid"),
      count_open(database,
                 // As the triggers keep it: strangers may ask (/metrics), and where a breaker has
                 // tripped many changes may be open.
                 "SELECT state, SUM(changes) FROM change_counts WHERE parent = ? "
                 "AND state IN ('queued', 'sent') GROUP BY state HAVING SUM(changes) > 0") {}

void SqliteStore::put(const Case& value) {
  if (value.change && value.change->id.empty()) {
    Case with_id = value;
    with_id.change->id = change_id(*value.change);
    return put(with_id);
  }
  const std::string parent = value.parent.text();
  const Bytes key = name_key(value.child);
  const std::string codes = finding_codes(value);
  put_findings(parent, key, codes);
  Query(cases_.put, parent, key, value.child.text(), to_text(value.outcome), to_text(value.request),
        value.ready_at, operator_of(value.delegation), value.delegation.registration.sponsor, codes,
        case_to_json(value))
      .run();
}

// Only what has changed, which mostly is nothing.
void SqliteStore::put_findings(const std::string& parent, const Bytes& key,
                               const std::string& codes) {
  std::string before;
  {
    Query row(cases_.codes, parent, key);
    if (row.next()) before = row.text(0);
  }
  if (before == codes) return;
  const std::vector<std::string> old_codes = split_codes(before);
  const std::vector<std::string> new_codes = split_codes(codes);
  for (const std::string& code : old_codes) {
    if (std::ranges::binary_search(new_codes, code)) continue;
    Query(cases_.remove_finding, parent, code, key).run();
  }
  for (const std::string& code : new_codes) {
    if (std::ranges::binary_search(old_codes, code)) continue;
    Query(cases_.add_finding, parent, code, key).run();
  }
}

void SqliteStore::put(const Change& change) {
  if (change.id.empty()) {
    Change with_id = change;
    with_id.id = change_id(change);
    return put(with_id);
  }
  Query(changes_.put, change.id, change.parent.text(), change.child.text(), to_text(change.state),
        change.queued_at, change_kind(change), change_to_json(change))
      .run();
}

Result<Case> SqliteStore::case_of(const std::string& json) {
  return readable(case_from_json(json), "a case");
}

Result<std::optional<Case>> SqliteStore::find_case(const dns::Name& parent,
                                                   const dns::Name& child) {
  return guarded(path_, [&]() -> Result<std::optional<Case>> {
    Query row(cases_.find, parent.text(), name_key(child));
    if (!row.next()) return std::optional<Case>();
    Result<Case> found = case_of(row.text(0));
    if (!found) return pass_on(std::move(found));
    return std::optional(*std::move(found));
  });
}

Result<void> SqliteStore::visit_cases(const dns::Name& parent,
                                      const std::function<void(Case)>& visitor) {
  return guarded(path_, [&]() -> Result<void> {
    Query row(cases_.visit, parent.text());
    while (row.next()) {
      Result<Case> found = case_of(row.text(0));
      if (!found) return pass_on(std::move(found));
      visitor(*std::move(found));
    }
    return {};
  });
}

Result<std::map<std::string, std::uint64_t>> SqliteStore::count_cases(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::map<std::string, std::uint64_t>> {
    std::map<std::string, std::uint64_t> counts;
    Query row(cases_.count, parent.text());
    while (row.next()) counts[row.text(0)] = row.count(1);
    return counts;
  });
}

Result<std::vector<Change>> SqliteStore::changes_of(Query& rows) {
  std::vector<Change> changes;
  while (rows.next()) {
    Result<Change> change = readable(change_from_json(rows.text(0)), "a change");
    if (!change) return pass_on(std::move(change));
    changes.push_back(*std::move(change));
  }
  return changes;
}

Result<std::optional<Change>> SqliteStore::find_change(const std::string& id) {
  return guarded(path_, [&]() -> Result<std::optional<Change>> {
    Query row(changes_.find, id);
    Result<std::vector<Change>> found = changes_of(row);
    if (!found) return pass_on(std::move(found));
    return found->empty() ? std::nullopt : std::optional(std::move(found->front()));
  });
}

Result<std::vector<Change>> SqliteStore::open_changes(const dns::Name& parent) {
  return guarded(path_, [&] {
    Query rows(changes_.open, parent.text());
    return changes_of(rows);
  });
}

Result<std::map<ChangeState, std::uint64_t>> SqliteStore::count_open_changes(
    const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::map<ChangeState, std::uint64_t>> {
    std::map<ChangeState, std::uint64_t> counts;
    Query row(changes_.count_open, parent.text());
    while (row.next()) {
      const Result<ChangeState> state = parse_change_state(row.text(0));
      if (!state) return tl::unexpected<Error>(state.error());
      counts[*state] = row.count(1);
    }
    return counts;
  });
}

Result<std::vector<Change>> SqliteStore::recent_changes(const dns::Name& parent, Time since) {
  return guarded(path_, [&] {
    Query rows(changes_.recent, parent.text(), since);
    return changes_of(rows);
  });
}

}  // namespace dskeeper::store
