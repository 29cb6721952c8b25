// In which order a pass goes through its children: those of each operator spread evenly over it.
//
// A rate binds each server address (design.md, "Politeness"). In the order of the zone an operator
// whose children stand together would hold up the pass at its rate and idle before and after; so a
// pass takes as long as its slowest operator needs, and no longer. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "model/delegation.h"

namespace dskeeper::survey {

using DelegationAt = std::function<const Delegation&(std::size_t index)>;

// The same indices in another order, the same one each time. Whoever runs a child's first name
// server counts as its operator: children that share one share its addresses.
[[nodiscard]] std::vector<std::size_t> interleave(const std::vector<std::size_t>& children,
                                                  const DelegationAt& delegation_at);

}  // namespace dskeeper::survey
