// Whether a delegation is still the one that a case is about (design.md, "A hold cannot be
// tricked").
#pragma once

#include <optional>
#include <string>

#include "model/case.h"
#include "model/delegation.h"

namespace dskeeper::keeper {

enum class Continuity {
  same,
  moved,            // another sponsor, or no name server in common: a new case, but for suspension
  registered_anew,  // another roid: another registration that happens to have the same name
};
[[nodiscard]] Continuity compare(const Case& before, const Delegation& delegation);

// Why a hold cannot go on, half a sentence to follow "because"; nothing where it can.
[[nodiscard]] std::optional<std::string> find_disturbance(const Case& before,
                                                          const Delegation& delegation);

}  // namespace dskeeper::keeper
