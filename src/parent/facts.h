// The `facts` file: what the registry's database says of a name beside its records (contract.md,
// "Configuration"; columns.h for its form).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "parent/packed_delegations.h"

namespace dskeeper::parent {

// Writes the facts into the delegations, which are sorted. A fault anywhere is an error, since a
// lost opt-out would be automation against somebody's will. Names that are no delegation are no
// fault: the database knows names that are not in the zone. Gives sentences for the log about them.
[[nodiscard]] Result<std::vector<std::string>> apply_facts(const std::filesystem::path& path,
                                                           PackedDelegations& delegations);

}  // namespace dskeeper::parent
