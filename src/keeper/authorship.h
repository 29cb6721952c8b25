// Who changed a DS set: we, or somebody by other means (RFC 10026 §7.1.3).
#pragma once

#include <optional>

#include "keeper/facts.h"
#include "model/case.h"

namespace dskeeper::keeper {

// The DS set is another than at the last look, and that may be our own doing: a change that is
// under way, confirmed, or ended without an answer. Each explains one such step, and only from the
// set that it was to replace.
[[nodiscard]] bool is_our_doing(const Facts& facts);

// A delete whose sending got no answer is remembered beyond its end, also when a newer change takes
// its place, until the source shows whether it was applied.
[[nodiscard]] std::optional<LostRemoval> next_lost_removal(const Facts& facts);

// The latest change, with whether the source has shown it by now.
[[nodiscard]] std::optional<Change> next_change(const Facts& facts);

}  // namespace dskeeper::keeper
