// Who runs the name servers of each child, as small numbers: for the turns of a pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "parent/source.h"

namespace dskeeper::cli {

// For each of these children of the snapshot a number, the same for those of one operator
// (operator_of()). Children without name servers are one operator's too.
[[nodiscard]] std::vector<std::uint32_t> operator_numbers(const parent::Snapshot& snapshot,
                                                          const std::vector<std::size_t>& children);

}  // namespace dskeeper::cli
