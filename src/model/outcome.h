// Where a child stands with what it asks for.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace dskeeper {

// The contract's words for where a child stands.
enum class Outcome : std::uint8_t { idle, in_sync, accept, hold, refuse, retry, suspended };
[[nodiscard]] std::string_view to_text(Outcome outcome);  // "in-sync"
[[nodiscard]] Result<Outcome> parse_outcome(std::string_view text);
// Nothing is asked, or what is asked stands.
[[nodiscard]] constexpr bool is_at_rest(Outcome outcome) {
  return outcome == Outcome::idle || outcome == Outcome::in_sync;
}

}  // namespace dskeeper
