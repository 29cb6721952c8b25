// How long it took from a NOTIFY to what followed from it: checked, changed, confirmed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/journal.h"

namespace dskeeper::cli {

// For each entry of one child's journal, in their order: how long after the NOTIFY it was that it
// follows from, up to the end of the change. Nothing: it follows from none. Retries that a look by
// NOTIFY began follow from it; what a timed pass or a person found does not.
[[nodiscard]] std::vector<std::optional<Duration>> times_since_notice(
    const std::vector<JournalEntry>& entries);

// " (0.4 s after the NOTIFY)", or nothing.
[[nodiscard]] std::string since_notice_text(const std::optional<Duration>& since);

}  // namespace dskeeper::cli
