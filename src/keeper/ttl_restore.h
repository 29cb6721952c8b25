// The DS TTL is low after a new set, and restored once caches have lost the old one (RFC 10026
// §4.1.2, §4.2.2; edge case 126).
#pragma once

#include <optional>

#include "keeper/facts.h"
#include "model/case.h"
#include "model/change.h"

namespace dskeeper::keeper {

struct ChosenTtl {
  dns::Ttl ttl;                         // of the new set
  std::optional<dns::Ttl> restore_ttl;  // where `ttl` is lower than it is to be in the end
};
// For a change of the DS set that is accepted now.
[[nodiscard]] ChosenTtl choose_ttl(const Facts& facts);

// What is still to be restored. Somebody else's set, or a TTL that is not the low one, ends it.
[[nodiscard]] std::optional<LoweredTtl> next_lowered_ttl(const Facts& facts);

// The same after news of a change: it begins when a set with a low TTL is confirmed; the next
// change that stands replaces it.
[[nodiscard]] std::optional<LoweredTtl> lowered_after(const std::optional<LoweredTtl>& standing,
                                                      const Change& change);

// Is it time to restore what the case remembers?
[[nodiscard]] bool must_restore(const Case& value, const Policy& policy, Time now);

}  // namespace dskeeper::keeper
