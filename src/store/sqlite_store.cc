#include "store/sqlite_store.h"

#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "model/json.h"
#include "store/file_lease.h"
#include "store/name_key.h"
#include "store/sqlite_error.h"
#include "store/sqlite_statement.h"

namespace dskeeper::store {
namespace {

// Every statement of the store, prepared once.
struct Statements {
  explicit Statements(const SQLite::Database& database);

  SQLite::Statement put_case;
  SQLite::Statement find_case;
  SQLite::Statement visit_cases;
  SQLite::Statement count_cases;
  SQLite::Statement put_change;
  SQLite::Statement open_changes;
  SQLite::Statement recent_changes;
  SQLite::Statement append;
  SQLite::Statement history;
  SQLite::Statement head;
  SQLite::Statement visit_journal;
  SQLite::Statement put_pass;
  SQLite::Statement clear_pass_outcomes;
  SQLite::Statement put_pass_outcome;
  SQLite::Statement last_pass;
  SQLite::Statement pass_outcomes;
};

Statements::Statements(const SQLite::Database& database)
    : put_case(database,
               "INSERT INTO cases (parent, child_key, child, outcome, request, ready_at, json) "
               "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (parent, child_key) DO UPDATE SET "
               "outcome = excluded.outcome, request = excluded.request, "
               "ready_at = excluded.ready_at, json = excluded.json"),
      find_case(database, "SELECT json FROM cases WHERE parent = ? AND child_key = ?"),
      visit_cases(database, "SELECT json FROM cases WHERE parent = ? ORDER BY child_key"),
      count_cases(database,
                  "SELECT outcome, COUNT(*) FROM cases WHERE parent = ? GROUP BY outcome"),
      put_change(database,
                 "INSERT INTO changes (id, parent, child, state, queued_at, json) "
                 "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                 "state = excluded.state, json = excluded.json"),
      open_changes(database,
                   "SELECT json FROM changes WHERE parent = ? AND state IN ('queued', 'sent') "
                   "ORDER BY queued_at, rowid"),
      recent_changes(database,
                     "SELECT json FROM changes WHERE parent = ? AND queued_at >= ? "
                     "ORDER BY queued_at, rowid"),
      append(database,
             "INSERT INTO journal (parent, number, child, at, kind, summary, details, hash) "
             "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      history(database,
              "SELECT number, child, at, kind, summary, details, hash FROM journal "
              "WHERE parent = ? AND child = ? ORDER BY number"),
      head(database,
           "SELECT number, child, at, kind, summary, details, hash FROM journal "
           "WHERE parent = ? ORDER BY number DESC LIMIT 1"),
      visit_journal(database,
                    "SELECT number, child, at, kind, summary, details, hash FROM journal "
                    "WHERE parent = ? ORDER BY number"),
      put_pass(database,
               "INSERT INTO passes (parent, started_at, ended_at, revision, children, is_void) "
               "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (parent, started_at) DO UPDATE SET "
               "ended_at = excluded.ended_at, revision = excluded.revision, "
               "children = excluded.children, is_void = excluded.is_void"),
      clear_pass_outcomes(database,
                          "DELETE FROM pass_outcomes WHERE parent = ? AND started_at = ?"),
      put_pass_outcome(database,
                       "INSERT INTO pass_outcomes (parent, started_at, outcome, children) "
                       "VALUES (?, ?, ?, ?)"),
      last_pass(database,
                "SELECT started_at, ended_at, revision, children, is_void FROM passes "
                "WHERE parent = ? ORDER BY started_at DESC LIMIT 1"),
      pass_outcomes(database,
                    "SELECT outcome, children FROM pass_outcomes "
                    "WHERE parent = ? AND started_at = ?") {}

// What `what` of the store says, or that it cannot be understood.
template <typename T>
Result<T> readable(Result<T>&& read, std::string_view what, const std::string& path) {
  if (read) return std::move(read);
  return fail(fmt::format("{} in the store cannot be read ({})", what, read.error().text()), path,
              "Run `dskeeper audit`; if it was altered by hand, restore a backup.");
}

Result<Event> event_of(const Query& row, const dns::Name& parent) {
  Result<dns::Name> child = dns::Name::parse(row.text(1));
  if (!child) return pass_on(std::move(child));
  Result<EventKind> kind = parse_event_kind(row.text(3));
  if (!kind) return pass_on(std::move(kind));
  return Event{.parent = parent,
               .child = *std::move(child),
               .at = time_of(row.column(2)),
               .kind = *kind,
               .summary = row.text(4),
               .details = row.text(5)};
}

// Of a row with the columns number, child, at, kind, summary, details, hash.
Result<JournalEntry> entry_of(const Query& row, const dns::Name& parent, const std::string& path) {
  const std::string what =
      fmt::format("entry {} of the journal of {}", row.count(0), parent.text());
  Result<Event> event = readable(event_of(row, parent), what, path);
  if (!event) return pass_on(std::move(event));
  const std::string hash = row.text(6);
  JournalEntry entry{.number = row.count(0), .event = *std::move(event)};
  if (hash.size() != entry.hash.size()) {
    return readable<JournalEntry>(fail("its hash has not 32 octets"), what, path);
  }
  std::ranges::copy(as_bytes(hash), entry.hash.begin());
  return entry;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<SQLite::Database> database, std::string path, Access access)
      : database_(std::move(database)),
        statements_(*database_),
        path_(std::move(path)),
        access_(access) {}

  Result<void> commit(const Batch& batch) override;
  Result<std::optional<Case>> find_case(const dns::Name& parent, const dns::Name& child) override;
  Result<void> visit_cases(const dns::Name& parent,
                           const std::function<void(Case)>& visitor) override;
  Result<std::map<std::string, std::uint64_t>> count_cases(const dns::Name& parent) override;
  Result<std::vector<Change>> open_changes(const dns::Name& parent) override;
  Result<std::vector<Change>> recent_changes(const dns::Name& parent, Time since) override;
  Result<std::vector<JournalEntry>> history(const dns::Name& parent,
                                            const dns::Name& child) override;
  Result<std::optional<JournalEntry>> journal_head(const dns::Name& parent) override;
  Result<void> visit_journal(
      const dns::Name& parent,
      const std::function<bool(const Result<JournalEntry>&)>& visitor) override;
  Result<void> record_pass(const PassRecord& pass) override;
  Result<std::optional<PassRecord>> last_pass(const dns::Name& parent) override;
  Result<std::unique_ptr<Lease>> take_lease(const dns::Name& parent) override;

 private:
  void put(const Case& value);
  void put(const Change& change);
  Result<void> append(const std::vector<Event>& events);
  Result<Case> case_of(const std::string& json);
  Result<std::vector<Change>> changes_of(Query& rows);
  // Everything that writes goes through here: all of `body`, or nothing.
  template <typename Body>
  Result<void> in_transaction(const Body& body);

  std::unique_ptr<SQLite::Database> database_;
  Statements statements_;
  std::string path_;
  Access access_;
};

template <typename Body>
Result<void> SqliteStore::in_transaction(const Body& body) {
  CHECK(access_ == Access::read_write);
  return guarded(path_, [&]() -> Result<void> {
    // IMMEDIATE: what is read here cannot be overtaken by another process before it is written.
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    Result<void> done = body();
    if (done) transaction.commit();
    return done;
  });
}

Result<void> SqliteStore::commit(const Batch& batch) {
  if (batch.is_empty()) return {};
  return in_transaction([&] {
    for (const Case& value : batch.cases) put(value);
    for (const Change& change : batch.changes) put(change);
    return append(batch.events);
  });
}

void SqliteStore::put(const Case& value) {
  if (value.change && value.change->id.empty()) {
    Case with_id = value;
    with_id.change->id = change_id(*value.change);
    return put(with_id);
  }
  Query(statements_.put_case, value.parent.text(), name_key(value.child), value.child.text(),
        to_text(value.outcome), to_text(value.request), value.ready_at, case_to_json(value))
      .run();
}

void SqliteStore::put(const Change& change) {
  if (change.id.empty()) {
    Change with_id = change;
    with_id.id = change_id(change);
    return put(with_id);
  }
  Query(statements_.put_change, change.id, change.parent.text(), change.child.text(),
        to_text(change.state), change.queued_at, change_to_json(change))
      .run();
}

Result<void> SqliteStore::append(const std::vector<Event>& events) {
  struct Head {
    std::uint64_t number = 0;
    Sha256 hash{};
  };
  std::map<dns::Name, Head> heads;
  for (const Event& event : events) {
    auto found = heads.find(event.parent);
    if (found == heads.end()) {
      Result<std::optional<JournalEntry>> last = journal_head(event.parent);
      if (!last) return pass_on(std::move(last));
      const Head head = *last ? Head{(*last)->number, (*last)->hash} : Head{};
      found = heads.emplace(event.parent, head).first;
    }
    Head& head = found->second;
    head = {head.number + 1, event.chained(head.hash)};
    Query(statements_.append, event.parent.text(), head.number, event.child.text(), event.at,
          to_text(event.kind), event.summary, event.details, head.hash)
        .run();
  }
  return {};
}

Result<Case> SqliteStore::case_of(const std::string& json) {
  return readable(case_from_json(json), "a case", path_);
}

Result<std::optional<Case>> SqliteStore::find_case(const dns::Name& parent,
                                                   const dns::Name& child) {
  return guarded(path_, [&]() -> Result<std::optional<Case>> {
    Query row(statements_.find_case, parent.text(), name_key(child));
    if (!row.next()) return std::optional<Case>();
    Result<Case> found = case_of(row.text(0));
    if (!found) return pass_on(std::move(found));
    return std::optional(*std::move(found));
  });
}

Result<void> SqliteStore::visit_cases(const dns::Name& parent,
                                      const std::function<void(Case)>& visitor) {
  return guarded(path_, [&]() -> Result<void> {
    Query row(statements_.visit_cases, parent.text());
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
    Query row(statements_.count_cases, parent.text());
    while (row.next()) counts[row.text(0)] = row.count(1);
    return counts;
  });
}

Result<std::vector<Change>> SqliteStore::changes_of(Query& rows) {
  std::vector<Change> changes;
  while (rows.next()) {
    Result<Change> change = readable(change_from_json(rows.text(0)), "a change", path_);
    if (!change) return pass_on(std::move(change));
    changes.push_back(*std::move(change));
  }
  return changes;
}

Result<std::vector<Change>> SqliteStore::open_changes(const dns::Name& parent) {
  return guarded(path_, [&] {
    Query rows(statements_.open_changes, parent.text());
    return changes_of(rows);
  });
}

Result<std::vector<Change>> SqliteStore::recent_changes(const dns::Name& parent, Time since) {
  return guarded(path_, [&] {
    Query rows(statements_.recent_changes, parent.text(), since);
    return changes_of(rows);
  });
}

Result<std::vector<JournalEntry>> SqliteStore::history(const dns::Name& parent,
                                                       const dns::Name& child) {
  return guarded(path_, [&]() -> Result<std::vector<JournalEntry>> {
    std::vector<JournalEntry> entries;
    Query row(statements_.history, parent.text(), child.text());
    while (row.next()) {
      Result<JournalEntry> entry = entry_of(row, parent, path_);
      if (!entry) return pass_on(std::move(entry));
      entries.push_back(*std::move(entry));
    }
    return entries;
  });
}

Result<std::optional<JournalEntry>> SqliteStore::journal_head(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::optional<JournalEntry>> {
    Query row(statements_.head, parent.text());
    if (!row.next()) return std::optional<JournalEntry>();
    Result<JournalEntry> entry = entry_of(row, parent, path_);
    if (!entry) return pass_on(std::move(entry));
    return std::optional(*std::move(entry));
  });
}

Result<void> SqliteStore::visit_journal(
    const dns::Name& parent, const std::function<bool(const Result<JournalEntry>&)>& visitor) {
  return guarded(path_, [&]() -> Result<void> {
    Query row(statements_.visit_journal, parent.text());
    while (row.next() && visitor(entry_of(row, parent, path_))) {
    }
    return {};
  });
}

Result<void> SqliteStore::record_pass(const PassRecord& pass) {
  return in_transaction([&]() -> Result<void> {
    const std::string parent = pass.parent.text();
    Query(statements_.put_pass, parent, pass.started_at, pass.ended_at, pass.revision,
          pass.children, pass.is_void)
        .run();
    Query(statements_.clear_pass_outcomes, parent, pass.started_at).run();
    for (const auto& [outcome, children] : pass.outcomes) {
      Query(statements_.put_pass_outcome, parent, pass.started_at, outcome, children).run();
    }
    return {};
  });
}

Result<std::optional<PassRecord>> SqliteStore::last_pass(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::optional<PassRecord>> {
    Query row(statements_.last_pass, parent.text());
    if (!row.next()) return std::optional<PassRecord>();
    PassRecord pass{.parent = parent,
                    .started_at = time_of(row.column(0)),
                    .ended_at = optional_time_of(row.column(1)),
                    .revision = row.text(2),
                    .children = row.count(3),
                    .outcomes = {},
                    .is_void = row.count(4) != 0};
    Query outcome(statements_.pass_outcomes, parent.text(), pass.started_at);
    while (outcome.next()) pass.outcomes[outcome.text(0)] = outcome.count(1);
    return std::optional(std::move(pass));
  });
}

Result<std::unique_ptr<Lease>> SqliteStore::take_lease(const dns::Name& parent) {
  CHECK(access_ == Access::read_write);
  return take_file_lease(path_, parent);
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, Access access,
                                                 const SqliteLimits& limits) {
  auto database = open_database(path, access, limits);
  if (!database) return pass_on(std::move(database));
  return guarded(path, [&]() -> Result<std::unique_ptr<Store>> {
    return std::make_unique<SqliteStore>(*std::move(database), path, access);
  });
}

}  // namespace dskeeper::store
