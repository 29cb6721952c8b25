#include "cli/algorithms.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/check.h"
#include "cli/built_in_data.h"
#include "dns/records.h"
#include "dns/signature.h"

namespace dskeeper::cli {
namespace {

constexpr auto levels = std::to_array<std::pair<std::string_view, Level>>({
    {"MUST", Level::must},
    {"RECOMMENDED", Level::recommended},
    {"MAY", Level::may},
    {"NOT RECOMMENDED", Level::not_recommended},
    {"MUST NOT", Level::must_not},
});
constexpr auto uses = std::to_array<std::pair<std::string_view, AlgorithmUse>>({
    {"counts", AlgorithmUse::counts},
    {"ignored", AlgorithmUse::ignored},
    {"refused", AlgorithmUse::refused},
});

template <typename Meaning, std::size_t count>
bool read_word(const std::array<std::pair<std::string_view, Meaning>, count>& known,
               Meaning& meaning, const Value& value, FaultList& faults) {
  std::string text;
  if (!read_value(text, value, faults)) return false;
  std::vector<std::string_view> words;
  for (const auto& [word, its_meaning] : known) {
    words.push_back(word);
    if (word != text) continue;
    meaning = its_meaning;
    return true;
  }
  faults.add(value.line, fmt::format("\"{}\" is not known here", text), did_you_mean(text, words));
  return false;
}

template <typename Settings, typename Meaning, std::size_t count>
auto word_of(const std::array<std::pair<std::string_view, Meaning>, count>& known,
             Meaning Settings::*member) {
  return [&known, member](Settings& settings, const Value& value, FaultList& faults) {
    static_cast<void>(read_word(known, settings.*member, value, faults));
  };
}

bool is_recommended(Level level) {
  return level == Level::must || level == Level::recommended;
}

// RFC 10026 §4.2.1, and what this program can verify.
std::string find_contradiction(const AlgorithmRow& row) {
  if (row.validation == Level::must_not && row.use != AlgorithmUse::refused) {
    return "is not to be validated, and must be refused";
  }
  if (row.use != AlgorithmUse::counts) return {};
  if (!is_recommended(row.validation)) return "counts, and is not recommended for validation";
  return dns::is_supported(static_cast<dns::Algorithm>(row.number))
             ? std::string()
             : "counts, and cannot be verified by this program";
}

bool can_compute(unsigned digest_type) {
  return dns::digest_octets(static_cast<dns::DigestType>(digest_type)).has_value() &&
         dns::make_ds({}, {}, static_cast<dns::DigestType>(digest_type)).has_value();
}

std::string find_contradiction(const DigestRow& row) {
  const DigestUse use = row.use();
  if (use.is_eligible && !use.may_publish) {
    return "is to be implemented for delegation, and not to be used for it";
  }
  if ((use.is_eligible || use.counts) && !can_compute(row.number)) {
    return "cannot be computed by this program";
  }
  return {};
}

// One of the two lists of rows: numbers in order, each once.
template <typename Row>
void read_rows(std::string_view list, const Value& value, std::span<const Key<Row>> keys,
               std::vector<Row>& rows, FaultList& faults) {
  if (value.array() == nullptr) {
    faults.add(value.line, fmt::format("{} must be a list of tables", list));
    return;
  }
  for (const Value& item : *value.array()) {
    if (item.table() == nullptr) {
      faults.add(item.line, fmt::format("each of {} must be a table: {{ … }}", list));
      continue;
    }
    Row row;
    read_table<Row>(list, *item.table(), keys, row, faults);
    for (const Key<Row>& key : keys) {
      const bool is_given =
          std::any_of(item.table()->begin(), item.table()->end(),
                      [&](const Entry& entry) { return entry.key == key.description.name; });
      if (!is_given) faults.add(item.line, fmt::format("\"{}\" is missing", key.description.name));
    }
    if (row.number > 255) faults.add(item.line, "the number must be at most 255");
    if (!rows.empty() && rows.back().number >= row.number) {
      faults.add(item.line, fmt::format("{} follows {}", row.number, rows.back().number),
                 "Give each number once, in ascending order.");
    }
    if (const std::string why = find_contradiction(row); !why.empty()) {
      faults.add(item.line, fmt::format("{} {}", row.mnemonic, why));
    }
    rows.push_back(std::move(row));
  }
}

const std::vector<Key<AlgorithmRow>>& algorithm_row_keys() {
  static const std::vector<Key<AlgorithmRow>> keys = {
      {{"number", "", "", ""}, into(&AlgorithmRow::number)},
      {{"mnemonic", "", "", ""}, into(&AlgorithmRow::mnemonic)},
      {{"validation", "", "", ""}, word_of(levels, &AlgorithmRow::validation)},
      {{"use", "", "", ""}, word_of(uses, &AlgorithmRow::use)}};
  return keys;
}

const std::vector<Key<DigestRow>>& digest_row_keys() {
  static const std::vector<Key<DigestRow>> keys = {
      {{"number", "", "", ""}, into(&DigestRow::number)},
      {{"mnemonic", "", "", ""}, into(&DigestRow::mnemonic)},
      {{"implement-delegation", "", "", ""}, word_of(levels, &DigestRow::implement_delegation)},
      {{"delegation", "", "", ""}, word_of(levels, &DigestRow::delegation)},
      {{"validation", "", "", ""}, word_of(levels, &DigestRow::validation)}};
  return keys;
}

// By mnemonic, or by number, which need not have a row.
template <typename Row>
std::optional<unsigned> find_number(std::string_view word, const std::vector<Row>& rows,
                                    unsigned line, FaultList& faults) {
  std::vector<std::string_view> names;
  for (const Row& row : rows) {
    if (row.mnemonic == word) return row.number;
    names.emplace_back(row.mnemonic);
  }
  unsigned number = 0;
  const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error == std::errc() && rest == word.data() + word.size() && number <= 255) return number;
  faults.add(line, fmt::format("\"{}\" is neither a name nor a number of IANA's registry", word),
             did_you_mean(word, names));
  return std::nullopt;
}

template <typename Row>
const Row* find_row(const std::vector<Row>& rows, unsigned number) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.number == number; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_text(Level level) {
  return levels[static_cast<std::size_t>(level)].first;
}

std::string_view to_text(AlgorithmUse use) {
  return std::find_if(uses.begin(), uses.end(),
                      [&](const auto& word) { return word.second == use; })
      ->first;
}

DigestUse DigestRow::use() const {
  const bool may_publish = delegation != Level::must_not;
  return {.is_eligible = implement_delegation == Level::must,
          .may_publish = may_publish,
          .counts = may_publish && is_recommended(validation)};
}

AlgorithmTable AlgorithmData::table() const {
  AlgorithmTable table;
  for (unsigned number = 0; number < 256; ++number) {
    const AlgorithmRow* algorithm = find_row(algorithms, number);
    table.set(static_cast<dns::Algorithm>(number),
              algorithm != nullptr ? algorithm->use : AlgorithmUse::ignored);
    const DigestRow* digest = find_row(digests, number);
    table.set(static_cast<dns::DigestType>(number),
              digest != nullptr ? digest->use() : DigestUse{});
  }
  return table;
}

AlgorithmData read_algorithms(std::string_view text, FaultList& faults) {
  static const std::vector<Key<AlgorithmData>> lists = {
      {{"algorithms", "", "", ""},
       [](AlgorithmData& data, const Value& value, FaultList& list) {
         read_rows<AlgorithmRow>("algorithms", value, algorithm_row_keys(), data.algorithms, list);
       }},
      {{"digest-types", "", "", ""}, [](AlgorithmData& data, const Value& value, FaultList& list) {
         read_rows<DigestRow>("digest-types", value, digest_row_keys(), data.digests, list);
       }}};
  AlgorithmData data;
  const auto table = parse_toml(text, faults.file());
  if (!table) {
    faults.add(0, table.error());
    return data;
  }
  read_table<AlgorithmData>("", *table, lists, data, faults);
  return data;
}

const AlgorithmData& algorithm_data() {
  static const AlgorithmData data = [] {
    std::vector<Error> found;
    FaultList faults("data/algorithms.toml", found);
    AlgorithmData read = read_algorithms(built_in_algorithms(), faults);
    CHECK(found.empty());  // a test reads it
    return read;
  }();
  return data;
}

void read_algorithm_uses(Policy& policy, const Value& value, FaultList& faults) {
  if (value.table() == nullptr) {
    faults.add(value.line, "algorithms must be a table: { NAME = \"refused\", … }");
    return;
  }
  for (const auto& [word, item] : *value.table()) {
    const auto number = find_number(word, algorithm_data().algorithms, item.line, faults);
    AlgorithmUse use{};
    if (!number || !read_word(uses, use, item, faults)) continue;
    const auto algorithm = static_cast<dns::Algorithm>(*number);
    const AlgorithmRow* row = find_row(algorithm_data().algorithms, *number);
    if (use == AlgorithmUse::counts && !dns::is_supported(algorithm)) {
      faults.add(item.line, fmt::format("{} cannot count: this program cannot verify it", word));
    } else if (use != AlgorithmUse::refused && row != nullptr &&
               row->use == AlgorithmUse::refused) {
      faults.add(item.line, fmt::format("{} must be refused (RFC 9905, RFC 9906)", word));
    } else {
      policy.algorithms.set(algorithm, use);
    }
  }
}

void read_digest_uses(Policy& policy, const Value& value, FaultList& faults) {
  static const std::vector<Key<DigestUse>> keys = {
      {{"eligible", "", "", ""}, into(&DigestUse::is_eligible)},
      {{"publish", "", "", ""}, into(&DigestUse::may_publish)},
      {{"counts", "", "", ""}, into(&DigestUse::counts)}};
  if (value.table() == nullptr) {
    faults.add(value.line, "digest-types must be a table: { NAME = { publish = false }, … }");
    return;
  }
  for (const auto& [word, item] : *value.table()) {
    const auto number = find_number(word, algorithm_data().digests, item.line, faults);
    if (!number) continue;
    if (item.table() == nullptr) {
      faults.add(item.line, fmt::format("{} must be a table: {{ publish = false }}", word));
      continue;
    }
    const auto type = static_cast<dns::DigestType>(*number);
    DigestUse use = policy.algorithms.use_of(type);
    read_table<DigestUse>(word, *item.table(), keys, use, faults);
    const DigestRow* row = find_row(algorithm_data().digests, *number);
    if ((use.is_eligible || use.counts) && !can_compute(*number)) {
      faults.add(item.line, fmt::format("{} cannot be computed by this program", word));
    } else if (use.may_publish && row != nullptr && row->delegation == Level::must_not) {
      faults.add(item.line, fmt::format("{} must not be published (RFC 9904)", word));
    } else if (use.is_eligible && !use.may_publish) {
      faults.add(item.line, fmt::format("{} is eligible, so that it must be published", word),
                 "A key of which only a CDS is known keeps that digest.");
    } else {
      policy.algorithms.set(type, use);
    }
  }
}

}  // namespace dskeeper::cli
