// A source that shows an older state than we know of (design.md, "The source can lag or lie").
#pragma once

#include <string_view>

#include "keeper/facts.h"

namespace dskeeper::keeper {

// A source that still shows the old set after this time shows an edit by someone else.
inline constexpr Duration source_lag_max = std::chrono::hours(24);

// Where both are serials (RFC 1982); else there is no order.
[[nodiscard]] bool is_older_revision(std::string_view revision, std::string_view other);

// The latest change is confirmed, and the delegation as the source has it still shows the set from
// before it.
[[nodiscard]] bool is_source_behind(const Facts& facts);

}  // namespace dskeeper::keeper
