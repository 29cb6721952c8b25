// Whether a vantage point's validating resolver can be believed at all, as part of a survey.
//
// A value. A fault is the vantage point's own: it says nothing of any child, and only ever blocks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dskeeper {

// Closed: every case has its word, and all but `none` their finding.
enum class ResolverFault : std::uint8_t {
  none,          // none was looked for, or none found
  silent,        // nobody answers it, not even for the keys at the trust anchor
  wrong_anchor,  // the trust anchor names none of the keys that its zone has
  wrong_clock,   // no signature over those keys is valid by this clock
};
[[nodiscard]] std::string_view to_text(ResolverFault fault);
[[nodiscard]] Result<ResolverFault> parse_resolver_fault(std::string_view text);

struct ResolverHealth {
  ResolverFault fault = ResolverFault::none;
  std::vector<std::string> facts;  // what fills the blanks of the finding's sentence
  bool operator==(const ResolverHealth&) const = default;
};

}  // namespace dskeeper
