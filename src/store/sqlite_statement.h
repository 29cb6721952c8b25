// A prepared statement, bound in one call and reset after each use.
#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"

namespace dskeeper::store {

[[nodiscard]] inline std::int64_t to_column(Time time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] inline Time time_of(const SQLite::Column& column) {
  return Time(Duration(column.getInt64()));
}
[[nodiscard]] inline std::optional<Time> optional_time_of(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(time_of(column));
}

// Only as dskeeper writes them: another spelling of the same name is an alteration.
[[nodiscard]] inline Result<dns::Name> name_of(const std::string& column) {
  Result<dns::Name> name = dns::Name::parse(column);
  if (name && name->text() != column) return fail("a name is not written as it should be");
  return name;
}

// One use of a prepared statement. It must end before the next one begins: a statement that is not
// reset keeps SQLite's view of the database as it was, and the log from being folded in.
class Query {
 public:
  template <typename... Values>
  explicit Query(SQLite::Statement& statement, const Values&... values) : statement_(statement) {
    int index = 0;
    (bind(++index, values), ...);
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() { statement_.tryReset(); }

  [[nodiscard]] bool next() { return statement_.executeStep(); }
  void run() { statement_.exec(); }
  [[nodiscard]] SQLite::Column column(int index) const { return statement_.getColumn(index); }
  [[nodiscard]] std::string text(int index) const { return column(index).getString(); }
  // As it is until the next row.
  [[nodiscard]] ByteView blob(int index) const {
    const SQLite::Column value = column(index);
    return {static_cast<const std::uint8_t*>(value.getBlob()),
            static_cast<std::size_t>(value.getBytes())};
  }
  [[nodiscard]] std::uint64_t count(int index) const {
    return static_cast<std::uint64_t>(column(index).getInt64());
  }

 private:
  void bind(int index, const std::string& value) { statement_.bind(index, value); }
  void bind(int index, std::string_view value) { statement_.bind(index, std::string(value)); }
  void bind(int index, std::uint64_t value) {
    statement_.bind(index, static_cast<std::int64_t>(value));
  }
  void bind(int index, bool value) { statement_.bind(index, value ? 1 : 0); }
  void bind(int index, Time value) { statement_.bind(index, to_column(value)); }
  void bind(int index, const std::optional<Time>& value) {
    if (value) {
      bind(index, *value);
    } else {
      statement_.bind(index);  // NULL
    }
  }
  void bind(int index, const Bytes& value) { bind_blob(index, value); }
  void bind(int index, const Sha256& value) { bind_blob(index, value); }
  void bind_blob(int index, ByteView value) {
    // An empty span may point nowhere, which SQLite would take for NULL.
    const void* data = value.empty() ? static_cast<const void*>("") : value.data();
    statement_.bind(index, data, static_cast<int>(value.size()));
  }

  SQLite::Statement& statement_;
};

}  // namespace dskeeper::store
