// Which children of a snapshot a command is about.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "parent/source.h"

namespace dskeeper::cli {

[[nodiscard]] std::vector<std::size_t> all_children(const parent::Snapshot& snapshot);

// Fails on the first that is no delegation of the zone.
[[nodiscard]] Result<std::vector<std::size_t>> named_children(const parent::Snapshot& snapshot,
                                                              const std::vector<dns::Name>& names);

// Those that the snapshot has; the others are gone from the zone.
[[nodiscard]] std::vector<std::size_t> present_children(const parent::Snapshot& snapshot,
                                                        const std::vector<dns::Name>& names);

}  // namespace dskeeper::cli
