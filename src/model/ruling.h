// What the rules say of a request.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace dskeeper {

enum class Ruling : std::uint8_t {
  idle,          // nothing is asked
  in_sync,       // what is asked already stands
  permit,        // genuine, agreed by all who were asked, and it keeps the domain resolvable
  incomplete,    // answers are missing, those that came agree and ask; time may bring the others
  inconsistent,  // servers or record types contradict each other, or some are at the status quo
                 // and others ask, whether or not others are silent; time may heal it
  forbid,        // a rule forbids it, and time alone does not heal it
};
[[nodiscard]] std::string_view to_text(Ruling ruling);
[[nodiscard]] Result<Ruling> parse_ruling(std::string_view text);

}  // namespace dskeeper
