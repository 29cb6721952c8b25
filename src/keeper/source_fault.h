// A reading of the source that loses more than can be meant (design.md, "The source can lag or
// lie"): then no pass is made and nothing is suspended.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dns/name.h"
#include "model/policy.h"

namespace dskeeper::keeper {

// One delegation as a reading has it; a reading's are in canonical order.
struct Entry {
  dns::Name child;
  bool is_secure = false;
};

struct Losses {
  std::size_t delegations = 0;  // as many as there were …
  std::size_t secure = 0;
  std::size_t vanished_delegations = 0;  // … and that are gone
  std::size_t vanished_ds = 0;           // where the delegation is still there
};
// `is_removed_by_us` tells of DS sets that vanished by our own change.
[[nodiscard]] Losses compare_readings(
    const std::vector<Entry>& known, const std::vector<Entry>& now,
    const std::function<bool(const dns::Name&)>& is_removed_by_us);

// Why the reading is not to be believed, one sentence. As much as the breaker lets be deleted in a
// day may vanish, but never all.
[[nodiscard]] std::optional<std::string> find_source_fault(const Losses& losses,
                                                           const Policy& policy);

}  // namespace dskeeper::keeper
