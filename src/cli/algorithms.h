// data/algorithms.toml as a value, and how a policy departs from it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/key.h"
#include "cli/toml_value.h"
#include "model/algorithm_table.h"
#include "model/policy.h"

namespace dskeeper::cli {

// The levels of RFC 2119 that the columns of RFC 9904 hold.
enum class Level : std::uint8_t { must, recommended, may, not_recommended, must_not };
[[nodiscard]] std::string_view to_text(Level level);
[[nodiscard]] std::string_view to_text(AlgorithmUse use);

struct AlgorithmRow {
  unsigned number = 0;
  std::string mnemonic;
  Level validation = Level::must_not;
  AlgorithmUse use = AlgorithmUse::refused;
};
struct DigestRow {
  unsigned number = 0;
  std::string mnemonic;
  Level implement_delegation = Level::must_not;
  Level delegation = Level::must_not;
  Level validation = Level::must_not;

  [[nodiscard]] DigestUse use() const;
};

struct AlgorithmData {
  std::vector<AlgorithmRow> algorithms;
  std::vector<DigestRow> digests;

  [[nodiscard]] AlgorithmTable table() const;
};

// Every fault in it, with its line, goes to `faults`.
[[nodiscard]] AlgorithmData read_algorithms(std::string_view text, FaultList& faults);
// The file that is built in, read at the first call; a fault in it ends the program.
[[nodiscard]] const AlgorithmData& algorithm_data();

// [policy.NAME.algorithms]: NAME or NUMBER = "counts", "ignored" or "refused".
void read_algorithm_uses(Policy& policy, const Value& value, FaultList& faults);
// [policy.NAME.digest-types]: NAME or NUMBER = { eligible = …, publish = …, counts = … }.
void read_digest_uses(Policy& policy, const Value& value, FaultList& faults);

}  // namespace dskeeper::cli
