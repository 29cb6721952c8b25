// The `facts` file: what the registry's database says of a name beside its records (contract.md,
// "Configuration"; columns.h for its form).
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/delegation.h"

namespace dskeeper::parent {

// Writes the facts into the delegations, which it sorts. A fault anywhere is an error, since a lost
// opt-out would be automation against somebody's will. Names that are no delegation are no fault:
// the database knows names that are not in the zone. Gives sentences for the log about them.
[[nodiscard]] Result<std::vector<std::string>> apply_facts(const std::filesystem::path& path,
                                                           const dns::Name& zone,
                                                           std::vector<Delegation>& delegations);

}  // namespace dskeeper::parent
