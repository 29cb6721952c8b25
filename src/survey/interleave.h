// In which order a pass goes through its children: those of each operator spread evenly over it.
//
// A rate binds each server address (design.md, "Politeness"). In the order of the zone an operator
// whose children stand together would hold up the pass at its rate and idle before and after; so a
// pass takes as long as its slowest operator needs, and no longer. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace dskeeper::survey {

using OperatorAt = std::function<std::uint32_t(std::size_t index)>;

// The same indices in another order, the same one each time. Children with the same name servers
// have the same operator's number.
[[nodiscard]] std::vector<std::size_t> interleave(const std::vector<std::size_t>& children,
                                                  const OperatorAt& operator_at);

}  // namespace dskeeper::survey
