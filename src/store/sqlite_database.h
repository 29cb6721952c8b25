// Opening the SQLite file: who may, in which version, with which promises of durability.
#pragma once

#include <SQLiteCpp/Database.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace dskeeper::store {

struct SqliteLimits {
  int busy_timeout_ms = 10'000;  // how long to wait for another process's transaction
  int pages_max = 0;             // 0: SQLite's own; small ones let tests fill the disk
};

// WAL, every commit synced, pending migrations done (read_write) or none pending (read_only).
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path,
                                                                      Access access,
                                                                      const SqliteLimits& limits);

// As pending_migrations() in store.h.
[[nodiscard]] Result<std::vector<std::string>> pending_migrations_of(const std::string& path);

}  // namespace dskeeper::store
