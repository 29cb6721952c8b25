// The SQLite store's cases and its outbox of changes.
#include "model/json.h"
#include "store/name_key.h"
#include "store/sqlite_store_class.h"

namespace dskeeper::store {

CaseStatements::CaseStatements(const SQLite::Database& database)
    : put(database,
          "INSERT INTO cases (parent, child_key, child, outcome, request, ready_at, json) "
          "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (parent, child_key) DO UPDATE SET "
          "outcome = excluded.outcome, request = excluded.request, "
          "ready_at = excluded.ready_at, json = excluded.json"),
      find(database, "SELECT json FROM cases WHERE parent = ? AND child_key = ?"),
      visit(database, "SELECT json FROM cases WHERE parent = ? ORDER BY child_key"),
      count(database, "SELECT outcome, COUNT(*) FROM cases WHERE parent = ? GROUP BY outcome") {}

ChangeStatements::ChangeStatements(const SQLite::Database& database)
    : put(database,
          "INSERT INTO changes (id, parent, child, state, queued_at, json) "
          "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
          "state = excluded.state, json = excluded.json"),
      find(database, "SELECT json FROM changes WHERE id = ?"),
      open(database,
           "SELECT json FROM changes WHERE parent = ? AND state IN ('queued', 'sent') "
           "ORDER BY queued_at, rowid"),
      recent(database,
             "SELECT json FROM changes WHERE parent = ? AND queued_at >= ? "
             "ORDER BY queued_at, rowid") {}

void SqliteStore::put(const Case& value) {
  if (value.change && value.change->id.empty()) {
    Case with_id = value;
    with_id.change->id = change_id(*value.change);
    return put(with_id);
  }
  Query(cases_.put, value.parent.text(), name_key(value.child), value.child.text(),
        to_text(value.outcome), to_text(value.request), value.ready_at, case_to_json(value))
      .run();
}

void SqliteStore::put(const Change& change) {
  if (change.id.empty()) {
    Change with_id = change;
    with_id.id = change_id(change);
    return put(with_id);
  }
  Query(changes_.put, change.id, change.parent.text(), change.child.text(), to_text(change.state),
        change.queued_at, change_to_json(change))
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

Result<std::vector<Change>> SqliteStore::recent_changes(const dns::Name& parent, Time since) {
  return guarded(path_, [&] {
    Query rows(changes_.recent, parent.text(), since);
    return changes_of(rows);
  });
}

}  // namespace dskeeper::store
