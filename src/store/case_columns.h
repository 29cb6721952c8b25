// What of a case stands in columns of its own, to look cases up by. Internal to src/store.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/case.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): the library's own
class Database;
}

namespace dskeeper::store {

// The codes of all findings, each once, sorted, with a blank between two.
[[nodiscard]] std::string finding_codes(const Case& value);
[[nodiscard]] std::vector<std::string> split_codes(std::string_view codes);

// For the migration that fills these columns of cases that are there already:
// case_column('operator' | 'registrar' | 'findings', json).
void register_case_column(SQLite::Database& database);

}  // namespace dskeeper::store
