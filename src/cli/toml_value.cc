#include "cli/toml_value.h"

#include <fmt/core.h>

#include <toml++/toml.h>
#include <fstream>
#include <sstream>

namespace dskeeper::cli {
namespace {

Value convert(const toml::node& node);

Table convert_table(const toml::table& table) {
  Table out;
  for (const auto& [key, node] : table) out.push_back({std::string(key.str()), convert(node)});
  return out;
}

Value convert(const toml::node& node) {
  Value value;
  value.line = node.source().begin.line;
  if (const auto* boolean = node.as_boolean()) {
    value.data = boolean->get();
  } else if (const auto* integer = node.as_integer()) {
    value.data = integer->get();
  } else if (const auto* number = node.as_floating_point()) {
    value.data = number->get();
  } else if (const auto* text = node.as_string()) {
    value.data = text->get();
  } else if (const auto* array = node.as_array()) {
    Array items;
    for (const toml::node& item : *array) items.push_back(convert(item));
    value.data = std::move(items);
  } else if (const auto* table = node.as_table()) {
    value.data = convert_table(*table);
  } else {
    // TOML's own dates: no key of ours wants one, so that its text will be refused by name.
    value.data = std::string("(a date)");
  }
  return value;
}

}  // namespace

const bool* Value::boolean() const {
  return std::get_if<bool>(&data);
}
const std::int64_t* Value::integer() const {
  return std::get_if<std::int64_t>(&data);
}
const double* Value::number() const {
  return std::get_if<double>(&data);
}
const std::string* Value::text() const {
  return std::get_if<std::string>(&data);
}
const Array* Value::array() const {
  return std::get_if<Array>(&data);
}
const Table* Value::table() const {
  return std::get_if<Table>(&data);
}

Result<Table> parse_toml(std::string_view text, const std::string& name) {
  try {
    return convert_table(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    return fail(std::string(error.description()),
                fmt::format("{}:{}", name, error.source().begin.line),
                "The file must be TOML, see docs/configuration.md.");
  }
}

Result<Table> read_toml_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fail("the configuration file cannot be read", path.string(),
                "Name another with -c, or write one as docs/configuration.md shows.");
  }
  std::ostringstream text;
  std::string line;
  std::size_t octets = 0;
  while (std::getline(file, line)) {
    octets += line.size() + 1;
    if (octets > toml_octets_max) return fail("the file is larger than 4 MiB", path.string());
    text << line << '\n';
  }
  return parse_toml(text.str(), path.string());
}

}  // namespace dskeeper::cli
