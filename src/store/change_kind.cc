#include "store/change_kind.h"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <string_view>

#include "model/json.h"

namespace dskeeper::store {
namespace {

// A change that cannot be read is reported when it is asked for; here it has no kind.
void kind_of_json(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  const auto* json = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  std::string kind;
  if (json != nullptr) {
    const std::string_view text(json, static_cast<std::size_t>(sqlite3_value_bytes(values[0])));
    if (const auto change = change_from_json(text)) kind = change_kind(*change);
  }
  sqlite3_result_text(context, kind.data(), static_cast<int>(kind.size()), SQLITE_TRANSIENT);
}

}  // namespace

std::string change_kind(const Change& change) {
  if (change.name_servers) return "name-servers";
  if (change.is_ttl_only()) return "ttl";
  return std::string(to_text(change.request));
}

void register_change_kind(SQLite::Database& database) {
  database.createFunction("change_kind", 1, true, nullptr, kind_of_json);
}

}  // namespace dskeeper::store
