#include "store/case_columns.h"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <set>

#include "model/json.h"
#include "model/operator_name.h"

namespace dskeeper::store {
namespace {

std::string_view text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

// A case that cannot be read is reported when it is asked for; here it has no columns.
std::string column_of(std::string_view column, std::string_view json) {
  const Result<Case> value = case_from_json(json);
  if (!value) return {};
  if (column == "operator") return operator_of(value->delegation);
  if (column == "registrar") return value->delegation.registration.sponsor;
  return finding_codes(*value);
}

void case_column(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  const std::string text = column_of(text_of(values[0]), text_of(values[1]));
  sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

}  // namespace

std::string finding_codes(const Case& value) {
  std::set<std::string_view> codes;
  for (const auto* findings : {&value.findings, &value.csync.findings}) {
    for (const Finding& finding : *findings) codes.insert(kind_of(finding.code).name);
  }
  std::string out;
  for (const std::string_view code : codes) {
    if (!out.empty()) out += ' ';
    out += code;
  }
  return out;
}

std::vector<std::string> split_codes(std::string_view codes) {
  std::vector<std::string> out;
  while (!codes.empty()) {
    const std::string_view code = codes.substr(0, codes.find(' '));
    out.emplace_back(code);
    codes.remove_prefix(std::min(code.size() + 1, codes.size()));
  }
  return out;
}

void register_case_column(SQLite::Database& database) {
  database.createFunction("case_column", 2, true, nullptr, case_column);
}

}  // namespace dskeeper::store
