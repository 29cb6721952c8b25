// How many vantage points must have seen a request, whole and valid (RFC 8078 §5, first bullet).
#pragma once

#include <optional>

#include "keeper/facts.h"
#include "model/finding.h"

namespace dskeeper::keeper {

[[nodiscard]] unsigned vantages_needed(const Policy& policy, Request request,
                                       unsigned vantages_configured);

// The finding `vantages_missing` where too few have seen it.
[[nodiscard]] std::optional<Finding> find_missing_vantages(const Facts& facts);
// … the other request that a child may make (RFC 7477).
[[nodiscard]] std::optional<Finding> find_missing_csync_vantages(const Facts& facts);

}  // namespace dskeeper::keeper
