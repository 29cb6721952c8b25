// A TOML document as plain values that remember their line, so that every fault can name it.
//
// toml++ stays inside toml_value.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace dskeeper::cli {

struct Value;
struct Entry;
using Array = std::vector<Value>;
using Table = std::vector<Entry>;

struct Value {
  unsigned line = 0;
  std::variant<bool, std::int64_t, double, std::string, Array, Table> data;

  // Null where it is of another kind.
  [[nodiscard]] const bool* boolean() const;
  [[nodiscard]] const std::int64_t* integer() const;
  [[nodiscard]] const double* number() const;
  [[nodiscard]] const std::string* text() const;
  [[nodiscard]] const Array* array() const;
  [[nodiscard]] const Table* table() const;
};

struct Entry {
  std::string key;
  Value value;
};

inline constexpr std::size_t toml_octets_max = 4 * 1024 * 1024;

[[nodiscard]] Result<Table> read_toml_file(const std::filesystem::path& path);
// `name` stands for the file in errors.
[[nodiscard]] Result<Table> parse_toml(std::string_view text, const std::string& name);

}  // namespace dskeeper::cli
