// The SQLite store's record of passes.
#include "store/sqlite_store_class.h"

namespace dskeeper::store {

PassStatements::PassStatements(const SQLite::Database& database)
    : put(database,
          "INSERT INTO passes "
          "(parent, started_at, ended_at, revision, children, is_void, void_reason) "
          "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (parent, started_at) DO UPDATE SET "
          "ended_at = excluded.ended_at, revision = excluded.revision, "
          "children = excluded.children, is_void = excluded.is_void, "
          "void_reason = excluded.void_reason"),
      clear_outcomes(database, "DELETE FROM pass_outcomes WHERE parent = ? AND started_at = ?"),
      put_outcome(database,
                  "INSERT INTO pass_outcomes (parent, started_at, outcome, children) "
                  "VALUES (?, ?, ?, ?)"),
      last(database,
           "SELECT started_at, ended_at, revision, children, is_void, void_reason FROM passes "
           "WHERE parent = ? ORDER BY started_at DESC LIMIT 1"),
      outcomes(database,
               "SELECT outcome, children FROM pass_outcomes "
               "WHERE parent = ? AND started_at = ?") {}

Result<void> SqliteStore::record_pass(const PassRecord& pass) {
  return in_transaction([&]() -> Result<void> {
    const std::string parent = pass.parent.text();
    Query(passes_.put, parent, pass.started_at, pass.ended_at, pass.revision, pass.children,
          pass.is_void, pass.void_reason)
        .run();
    Query(passes_.clear_outcomes, parent, pass.started_at).run();
    for (const auto& [outcome, children] : pass.outcomes) {
      Query(passes_.put_outcome, parent, pass.started_at, outcome, children).run();
    }
    return {};
  });
}

Result<std::optional<PassRecord>> SqliteStore::last_pass(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::optional<PassRecord>> {
    Query row(passes_.last, parent.text());
    if (!row.next()) return std::optional<PassRecord>();
    PassRecord pass{.parent = parent,
                    .started_at = time_of(row.column(0)),
                    .ended_at = optional_time_of(row.column(1)),
                    .revision = row.text(2),
                    .children = row.count(3),
                    .outcomes = {},
                    .is_void = row.count(4) != 0,
                    .void_reason = row.text(5)};
    Query outcome(passes_.outcomes, parent.text(), pass.started_at);
    while (outcome.next()) pass.outcomes[outcome.text(0)] = outcome.count(1);
    return std::optional(std::move(pass));
  });
}

}  // namespace dskeeper::store
