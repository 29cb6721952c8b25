// Who runs the name servers of each child, as small numbers: for the turns of a pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "parent/source.h"

namespace dskeeper::cli {

// A name or a network. A hoster may give each customer's servers names of the customer's own; their
// glue tells.
[[nodiscard]] std::string operator_of(const Delegation& delegation);

// For each of these children of the snapshot a number, the same for those of one operator: by the
// domain of the name servers (keeper::operator_of), or by the network of the glue, where a child's
// servers bear its own name. Children without name servers are one operator's too.
[[nodiscard]] std::vector<std::uint32_t> operator_numbers(const parent::Snapshot& snapshot,
                                                          const std::vector<std::size_t>& children);

}  // namespace dskeeper::cli
