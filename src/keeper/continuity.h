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
  registered_anew,  // another roid, or once absent: another registration of the same name
};
[[nodiscard]] Continuity compare(const Case& before, const Delegation& delegation);

// The delegation as it is now, with those of the registry's facts that are known from before and
// missing in this reading: missing means unknown, and what is known once must not be forgotten, or
// its change would go unnoticed and an opt-out be over when a file or a column is lost.
[[nodiscard]] Delegation with_known_facts(const std::optional<Case>& before, Delegation delegation);

// Why a hold cannot go on, half a sentence to follow "because"; nothing where it can.
[[nodiscard]] std::optional<std::string> find_disturbance(const Case& before,
                                                          const Delegation& delegation);

}  // namespace dskeeper::keeper
