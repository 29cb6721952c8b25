// When a child is due to be looked at. Pure.
#pragma once

#include <optional>

#include "base/time.h"
#include "model/case.h"
#include "model/policy.h"

namespace dskeeper::keeper {

// When a case wants a look of its own, beside the timed passes: a retry, a hold's looks and its
// end. Nothing where it waits for the next pass, as all do that are at rest, refused or suspended.
[[nodiscard]] std::optional<Time> due_at(const Case& value, const Policy& policy);

// Is a secure child due for its look in full, whatever it asks for (policy `deep-interval`)? Each
// has a moment of its own in every interval, by a hash of its name, so that the load is even; it is
// due at the first pass after that moment. `last_pass` is when the pass before this one began:
// where passes were missed, nothing is left out.
[[nodiscard]] bool needs_deep_look(const dns::Name& child, Duration deep_interval, Time last_pass,
                                   Time now);

// An open request is always asked about in full (design.md, "The survey stops …").
[[nodiscard]] bool needs_full_look(const std::optional<Case>& value);

}  // namespace dskeeper::keeper
