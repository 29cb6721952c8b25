// The SQLite store's record of the pass under way.
#include "store/sqlite_store_class.h"

namespace dskeeper::store {

ProgressStatements::ProgressStatements(const SQLite::Database& database)
    : put(database,
          "INSERT INTO pass_progress (parent, started_at, at, done, total, questions) "
          "VALUES (?, ?, ?, ?, ?, ?)"),
      put_outcome(database,
                  "INSERT INTO pass_progress_outcomes (parent, outcome, children) "
                  "VALUES (?, ?, ?)"),
      clear(database, "DELETE FROM pass_progress WHERE parent = ?"),
      find(database,
           "SELECT started_at, at, done, total, questions FROM pass_progress WHERE parent = ?"),
      outcomes(database, "SELECT outcome, children FROM pass_progress_outcomes WHERE parent = ?") {}

Result<void> SqliteStore::record_progress(const PassProgress& progress) {
  return in_transaction([&]() -> Result<void> {
    const std::string parent = progress.parent.text();
    Query(progress_.clear, parent).run();
    Query(progress_.put, parent, progress.started_at, progress.at, progress.done, progress.total,
          progress.questions)
        .run();
    for (const auto& [outcome, children] : progress.outcomes) {
      Query(progress_.put_outcome, parent, outcome, children).run();
    }
    return {};
  });
}

Result<void> SqliteStore::clear_progress(const dns::Name& parent) {
  return in_transaction([&]() -> Result<void> {
    Query(progress_.clear, parent.text()).run();
    return {};
  });
}

Result<std::optional<PassProgress>> SqliteStore::find_progress(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::optional<PassProgress>> {
    Query row(progress_.find, parent.text());
    if (!row.next()) return std::optional<PassProgress>();
    PassProgress progress{.parent = parent,
                          .started_at = time_of(row.column(0)),
                          .at = time_of(row.column(1)),
                          .done = row.count(2),
                          .total = row.count(3),
                          .questions = row.count(4),
                          .outcomes = {}};
    Query outcome(progress_.outcomes, parent.text());
    while (outcome.next()) progress.outcomes[outcome.text(0)] = outcome.count(1);
    return std::optional(std::move(progress));
  });
}

}  // namespace dskeeper::store
