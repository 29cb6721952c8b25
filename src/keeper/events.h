// What the journal is told of a step, and whether the step is worth storing at all.
#pragma once

#include <string>
#include <vector>

#include "keeper/facts.h"
#include "model/case.h"
#include "model/finding.h"
#include "model/journal.h"

namespace dskeeper::keeper {

// What says that something happens just now, and is gone at the next look, is news once.
[[nodiscard]] bool is_momentary(FindingCode code);

// What both of the following say at length: the decision, as JSON.
[[nodiscard]] std::string event_details(const Facts& facts, const Case& next);

// A transition is another outcome, request or set of finding codes. A child that asks for nothing
// and still does so leaves no trace.
[[nodiscard]] bool is_transition(const std::optional<Case>& before, const Case& next);
[[nodiscard]] Event transition_event(const Facts& facts, const Case& next, std::string details);
// The same of the other request that a child may make (RFC 7477).
[[nodiscard]] bool is_csync_transition(const std::optional<Case>& before, const Case& next);
[[nodiscard]] Event csync_transition_event(const Facts& facts, const Case& next,
                                           std::string details);
// A counted look of a hold.
[[nodiscard]] Event look_event(const Facts& facts, const Case& next, std::string details);

// Something changed besides the time of the look and the revision of the source.
[[nodiscard]] bool is_worth_storing(const std::optional<Case>& before, const Case& next);

// The DS set is another than at the last look, and not by us.
[[nodiscard]] bool was_changed_out_of_band(const Facts& facts);
[[nodiscard]] Event out_of_band_event(const Facts& facts);

}  // namespace dskeeper::keeper
