// The replay watermark: older versions of a request must not overwrite newer ones (RFC 7344 §6.2).
#pragma once

#include <optional>

#include "keeper/facts.h"
#include "model/finding.h"

namespace dskeeper::keeper {

// Type by type the newest inception of any validated RRset or denial at the apex, accepted or not.
// A look that ended early moves nothing.
[[nodiscard]] Inceptions next_watermark(const Inceptions& standing, const Verdict& verdict);

// What stands after the DS set was changed out of band just now, where the policy says that such a
// change wins over all that was signed before it (policies.md, se).
[[nodiscard]] Inceptions raised_to(const Inceptions& standing, Time now);

// The finding `replayed` where a type through which the child asks was signed before that type's
// watermark. A first DS has no signature that would count.
[[nodiscard]] std::optional<Finding> find_replay(const Inceptions& standing,
                                                 const Verdict& verdict);

// A case that says no more of a child at rest than how new its records were.
[[nodiscard]] Case case_at_rest(const Delegation& delegation, const Policy& policy,
                                const Inceptions& watermark);

}  // namespace dskeeper::keeper
