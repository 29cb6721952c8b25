#include "cli/key.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace dskeeper::cli {
namespace {

// Levenshtein's distance, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

constexpr std::size_t near_edits_max = 3;

std::string nearest(std::string_view word, std::span<const std::string_view> known) {
  // A short word is not near to all that are as short.
  std::size_t best_distance = std::min(near_edits_max, word.size() / 2) + 1;
  std::string best;
  for (const std::string_view name : known) {
    const std::size_t distance = edit_distance(word, name);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = std::string(name);
  }
  return best;
}

std::vector<std::string_view> names_of(std::span<const KeyDescription> keys) {
  std::vector<std::string_view> names;
  names.reserve(keys.size());
  for (const KeyDescription& key : keys) names.push_back(key.name);
  return names;
}

}  // namespace

void FaultList::add(unsigned line, std::string what, std::string remedy) {
  const std::string where = line == 0 ? file_ : fmt::format("{}:{}", file_, line);
  faults_.push_back({std::move(what), where, std::move(remedy)});
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const std::string near = nearest(word, known);
  if (!near.empty()) return fmt::format("Did you mean \"{}\"?", near);
  return fmt::format("Known here: {}.", fmt::join(known, ", "));
}

void add_unknown_key(std::string_view table, std::string_view word, unsigned line,
                     std::span<const KeyDescription> known, FaultList& faults) {
  const std::string place = table.empty() ? "at the top level" : fmt::format("in {}", table);
  faults.add(line, fmt::format("there is no key \"{}\" {}", word, place),
             did_you_mean(word, names_of(known)));
}

bool read_value(bool& out, const Value& value, FaultList& faults) {
  if (const bool* boolean = value.boolean()) {
    out = *boolean;
    return true;
  }
  faults.add(value.line, "this must be true or false");
  return false;
}

bool read_value(unsigned& out, const Value& value, FaultList& faults) {
  const std::int64_t* integer = value.integer();
  if (integer != nullptr && *integer >= 0 && *integer <= std::numeric_limits<std::int32_t>::max()) {
    out = static_cast<unsigned>(*integer);
    return true;
  }
  faults.add(value.line, "this must be a whole number, not negative");
  return false;
}

bool read_value(double& out, const Value& value, FaultList& faults) {
  if (const double* number = value.number())
    out = *number;
  else if (const std::int64_t* integer = value.integer())
    out = static_cast<double>(*integer);
  else {
    faults.add(value.line, "this must be a number");
    return false;
  }
  return true;
}

bool read_value(std::string& out, const Value& value, FaultList& faults) {
  if (const std::string* text = value.text()) {
    out = *text;
    return true;
  }
  faults.add(value.line, "this must be a text in quotation marks");
  return false;
}

bool read_value(Duration& out, const Value& value, FaultList& faults) {
  std::string text;
  if (!read_value(text, value, faults)) return false;
  const auto duration = parse_duration(text);
  if (!duration) {
    faults.add(value.line, duration.error());
    return false;
  }
  out = *duration;
  return true;
}

namespace {

template <typename Item>
bool read_list(std::vector<Item>& out, const Value& value, FaultList& faults) {
  const Array* array = value.array();
  if (array == nullptr) {
    faults.add(value.line, "this must be a list in square brackets");
    return false;
  }
  out.clear();
  for (const Value& item : *array) {
    Item read{};
    if (!read_value(read, item, faults)) return false;
    out.push_back(std::move(read));
  }
  return true;
}

}  // namespace

bool read_value(std::vector<std::string>& out, const Value& value, FaultList& faults) {
  return read_list(out, value, faults);
}

bool read_value(std::vector<Duration>& out, const Value& value, FaultList& faults) {
  return read_list(out, value, faults);
}

}  // namespace dskeeper::cli
