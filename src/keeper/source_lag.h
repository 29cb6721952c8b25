// A source that shows an older state than we know of (design.md, "The source can lag or lie").
#pragma once

#include <string_view>

#include "keeper/facts.h"

namespace dskeeper::keeper {

// A source that still shows the old set after this time shows an edit by someone else.
inline constexpr Duration source_lag_max = std::chrono::hours(24);

// Where both are serials (RFC 1982); else there is no order.
[[nodiscard]] bool is_older_revision(std::string_view revision, std::string_view other);

// Does the delegation show what the change replaces, or what it makes?
[[nodiscard]] bool is_before(const Change& change, const Delegation& delegation);
[[nodiscard]] bool is_after(const Change& change, const Delegation& delegation);

// The same where nobody else can be asked: the DS set with its TTL, where that is what changes.
[[nodiscard]] bool is_met_by(const Change& change, const Delegation& delegation);

// The latest change is confirmed, and the delegation as the source has it still shows the state
// from before it.
[[nodiscard]] bool is_source_behind(const Facts& facts);

}  // namespace dskeeper::keeper
