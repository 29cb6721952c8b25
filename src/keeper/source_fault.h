// A reading of the source that loses more than can be meant (design.md, "The source can lag or
// lie"): then no pass is made and nothing is suspended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "model/policy.h"

namespace dskeeper::keeper {

// What a reading no longer has of a delegation that was known.
enum class Loss : std::uint8_t {
  none,        // or a DS set that vanished by our own change
  ds_set,      // where the delegation is still there
  delegation,  // as a whole
};

struct Losses {
  std::size_t delegations = 0;  // as many as there were …
  std::size_t secure = 0;
  std::size_t vanished_delegations = 0;  // … and that are gone
  std::size_t vanished_ds = 0;

  // Counts one delegation that was known.
  void count(bool was_secure, Loss loss);
};

// Why the reading is not to be believed, one sentence. As much as the breaker lets be deleted in a
// day may vanish, but never all.
[[nodiscard]] std::optional<std::string> find_source_fault(const Losses& losses,
                                                           const Policy& policy);

}  // namespace dskeeper::keeper
