// When a child is due to be looked at. Pure.
#pragma once

#include <optional>

#include "base/time.h"
#include "model/case.h"
#include "model/policy.h"

namespace dskeeper::keeper {

// When a child is looked at again: after the interval, or earlier where it waits for something.
// Never before `last_look`, so that a loop over what is due always ends.
[[nodiscard]] Time due_at(Duration interval, Time last_look, const std::optional<Time>& ready_at);

// The same for a case: a running hold also wants its looks in between. Looks that are due by this
// are full ones where `needs_full_look` says so.
[[nodiscard]] Time due_at(const Case& value, const Policy& policy, Duration interval);

// An open request is always asked about in full (design.md, "The survey stops …").
[[nodiscard]] bool needs_full_look(const std::optional<Case>& value);

}  // namespace dskeeper::keeper
