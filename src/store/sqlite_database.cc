#include "store/sqlite_database.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <filesystem>

#include "store/case_columns.h"
#include "store/change_kind.h"
#include "store/migrations.h"
#include "store/sqlite_error.h"

namespace dskeeper::store {
namespace {

using DatabasePtr = std::unique_ptr<SQLite::Database>;

int number_of(SQLite::Database& database, const std::string& query) {
  return database.execAndGet(query).getInt();
}

// The number of the last migration that was run; 0 for an empty database. Refuses what is not ours
// and what is newer than this program.
Result<int> schema_version(SQLite::Database& database, const std::string& path) {
  const int tables = number_of(database, "SELECT COUNT(*) FROM sqlite_master");
  if (tables == 0) return 0;
  if (number_of(database, "PRAGMA application_id") != application_id) {
    return fail("the file is a database of another program", path,
                "Name another file in `store.url`.");
  }
  const int version = number_of(database, "SELECT COALESCE(MAX(number), 0) FROM schema_version");
  const int known = migrations().back().number;
  if (version > known) {
    return fail(fmt::format("the store is newer than this program (schema {}, known is {})",
                            version, known),
                path, "Use the newer dskeeper, or restore the backup from before it.");
  }
  return version;
}

std::vector<Migration> pending_after(int version) {
  std::vector<Migration> pending;
  for (const Migration& migration : migrations()) {
    if (migration.number > version) pending.push_back(migration);
  }
  return pending;
}

// All that are pending, or none. Two processes may come here at once: the second finds it done.
Result<void> migrate(SQLite::Database& database, const std::string& path) {
  register_case_column(database);
  register_change_kind(database);
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const Result<int> version = schema_version(database, path);
  if (!version) return tl::unexpected<Error>(version.error());
  if (*version == 0) database.exec(fmt::format("PRAGMA application_id = {}", application_id));
  for (const Migration& migration : pending_after(*version)) {
    database.exec(std::string(migration.sql));
    SQLite::Statement record(database, "INSERT INTO schema_version (number, name) VALUES (?, ?)");
    record.bind(1, migration.number);
    record.bind(2, std::string(migration.name));
    record.exec();
  }
  transaction.commit();
  return {};
}

Result<void> prepare_for_writing(SQLite::Database& database, const std::string& path) {
  if (sqlite3_db_readonly(database.getHandle(), "main") != 0) {
    return fail("the store is not writable", path, "Let this user write the file.");
  }
  const std::string mode = database.execAndGet("PRAGMA journal_mode = WAL").getString();
  if (mode != "wal") {
    return fail("the file system cannot hold a store (no write-ahead log)", path,
                "Put it on a local disk.");
  }
  database.exec("PRAGMA synchronous = FULL");
  // After one large transaction the log shrinks again instead of keeping its size for ever.
  database.exec("PRAGMA journal_size_limit = 67108864");
  return migrate(database, path);
}

Result<void> check_for_reading(SQLite::Database& database, const std::string& path) {
  const Result<int> version = schema_version(database, path);
  if (!version) return tl::unexpected<Error>(version.error());
  const std::size_t pending = pending_after(*version).size();
  if (pending == 0) return {};
  return fail(fmt::format("the store is of an older version, {} {} pending", pending,
                          pending == 1 ? "migration is" : "migrations are"),
              path, "`dskeeper scan` or `dskeeper serve` brings it up to date; this only reads.");
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace

Result<DatabasePtr> open_database(const std::string& path, Access access,
                                  const SqliteLimits& limits) {
  if (access == Access::read_only && !exists(path)) {
    return fail("there is no store yet", path, "The first `dskeeper scan` makes it.");
  }
  return guarded(path, [&]() -> Result<DatabasePtr> {
    // One thread at a time uses a store, so that it needs no locks of its own.
    const int flags = SQLite::OPEN_NOMUTEX |
                      (access == Access::read_only ? SQLite::OPEN_READONLY
                                                   : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    auto database = std::make_unique<SQLite::Database>(path, flags, limits.busy_timeout_ms);
    database->exec("PRAGMA foreign_keys = ON");
    database->exec("PRAGMA cache_size = -32768");  // KiB
    if (limits.pages_max != 0) {
      database->execAndGet(fmt::format("PRAGMA max_page_count = {}", limits.pages_max));
    }
    Result<void> ready = access == Access::read_only ? check_for_reading(*database, path)
                                                     : prepare_for_writing(*database, path);
    if (!ready) return pass_on(std::move(ready));
    return database;
  });
}

Result<std::vector<std::string>> pending_migrations_of(const std::string& path) {
  if (!exists(path)) return std::vector<std::string>{};
  return guarded(path, [&]() -> Result<std::vector<std::string>> {
    SQLite::Database database(path, SQLite::OPEN_READONLY, SqliteLimits{}.busy_timeout_ms);
    const Result<int> version = schema_version(database, path);
    if (!version) return tl::unexpected<Error>(version.error());
    std::vector<std::string> names;
    for (const Migration& migration : pending_after(*version)) {
      names.push_back(fmt::format("{}: {}", migration.number, migration.name));
    }
    return names;
  });
}

}  // namespace dskeeper::store
