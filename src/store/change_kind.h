// What a change is counted as, by day. Internal to src/store.
#pragma once

#include <string>

#include "model/change.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): the library's own
class Database;
}

namespace dskeeper::store {

// A word of ChangesOfDay::kind.
[[nodiscard]] std::string change_kind(const Change& change);

// For the migration that counts the changes that are there already: change_kind(json).
void register_change_kind(SQLite::Database& database);

}  // namespace dskeeper::store
