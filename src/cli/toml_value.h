// A TOML document as plain values that remember their line, so that every fault can name it.
//
// toml++ stays inside toml_value.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace dskeeper::cli {

struct Value;
using Array = std::vector<Value>;
using Table = std::vector<std::pair<std::string, Value>>;

struct Value {
  unsigned line = 0;
  std::variant<bool, std::int64_t, double, std::string, Array, Table> data;

  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&data); }
  [[nodiscard]] const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data); }
  [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&data); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&data); }
  [[nodiscard]] const Table* table() const { return std::get_if<Table>(&data); }
};

inline constexpr std::size_t toml_octets_max = 4 * 1024 * 1024;

[[nodiscard]] Result<Table> read_toml_file(const std::filesystem::path& path);
// `name` stands for the file in errors.
[[nodiscard]] Result<Table> parse_toml(std::string_view text, const std::string& name);

}  // namespace dskeeper::cli
