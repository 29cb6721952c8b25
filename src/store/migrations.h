// The schema of the SQLite store, as numbered steps from nothing to what this program knows.
//
// A step that was ever released is never altered: a change is a new step at the end.
#pragma once

#include <span>
#include <string_view>

namespace dskeeper::store {

struct Migration {
  int number = 0;         // 1, 2, 3, …
  std::string_view name;  // for a person: "cases, changes, journal and passes"
  std::string_view sql;   // run inside one transaction together with all that are pending
};

[[nodiscard]] std::span<const Migration> migrations();

// Marks the file as ours in SQLite's header: "dskp".
inline constexpr int application_id = 0x64736B70;

}  // namespace dskeeper::store
