// A configuration key, declared once: its name, kind, default, sentence, and how it is read.
//
// Parser, `check`, the unknown-key error and the manual all follow from arrays of these.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/toml_value.h"

namespace dskeeper::cli {

// Collects every fault of one file, so that `check` reports them all at once.
class FaultList {
 public:
  FaultList(std::string file, std::vector<Error>& faults)
      : file_(std::move(file)), faults_(faults) {}
  void add(unsigned line, std::string what, std::string remedy = {});
  void add(unsigned line, const Error& error) { add(line, error.what, error.remedy); }
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::vector<Error>& faults_;
};

// What of a key is the same for all: for the manual and for "Did you mean".
struct KeyDescription {
  std::string_view name;
  std::string_view kind;      // "duration", "list of prefixes"
  std::string_view fallback;  // as it would be written; "" where the key must be given
  std::string_view sentence;
};

template <typename Settings>
struct Key {
  KeyDescription description;
  std::function<void(Settings&, const Value&, FaultList&)> read;
};

// The remedy for a word that is none of the known ones: the one that is the fewest edits away, or
// all where none is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> known);
void add_unknown_key(std::string_view table, std::string_view word, unsigned line,
                     std::span<const KeyDescription> known, FaultList& faults);

template <typename Settings>
void read_table(std::string_view name, const Table& table, std::span<const Key<Settings>> keys,
                Settings& settings, FaultList& faults) {
  for (const auto& [word, value] : table) {
    bool found = false;
    for (const Key<Settings>& key : keys) {
      if (key.description.name != word) continue;
      key.read(settings, value, faults);
      found = true;
    }
    if (found) continue;
    std::vector<KeyDescription> known;
    for (const Key<Settings>& key : keys) known.push_back(key.description);
    add_unknown_key(name, word, value.line, known, faults);
  }
}

// Readers of single values; each adds a fault that says what was expected.
[[nodiscard]] bool read_value(bool& out, const Value& value, FaultList& faults);
[[nodiscard]] bool read_value(unsigned& out, const Value& value, FaultList& faults);
[[nodiscard]] bool read_value(double& out, const Value& value, FaultList& faults);
[[nodiscard]] bool read_value(std::string& out, const Value& value, FaultList& faults);
[[nodiscard]] bool read_value(Duration& out, const Value& value, FaultList& faults);
[[nodiscard]] bool read_value(std::vector<std::string>& out, const Value& value, FaultList& faults);
[[nodiscard]] bool read_value(std::vector<Duration>& out, const Value& value, FaultList& faults);

// A key whose value goes straight into a member.
template <typename Settings, typename Member>
auto into(Member Settings::*member) {
  return [member](Settings& settings, const Value& value, FaultList& faults) {
    Member read{};
    if (read_value(read, value, faults)) settings.*member = std::move(read);
  };
}

}  // namespace dskeeper::cli
