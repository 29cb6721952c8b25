// Which zones an operator has: as a list that people write, one zone a line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/name.h"

namespace dskeeper::child {

// More than any operator has; what is read stays in memory.
inline constexpr std::size_t zones_max = 20'000'000;

// One zone a line; `#` begins a comment; empty lines are passed over, a zone that stands twice
// counts once. In canonical order. A fault names `path` and line.
[[nodiscard]] Result<std::vector<dns::Name>> parse_zone_list(std::string_view text,
                                                             const std::string& path);

}  // namespace dskeeper::child
