// What a look makes of a case, by kind of look: each brings the draft to one outcome.
#pragma once

#include "keeper/draft.h"
#include "keeper/facts.h"

namespace dskeeper::keeper {

// Nothing is asked, or what is asked stands.
void rest(Draft& draft, Outcome outcome);
// A rule forbids it; a hold is over.
void refuse(Draft& draft);
// Automation is off (suspension.h).
void suspend(Draft& draft, std::vector<Finding> bars);
// design.md, "The source can lag or lie": what was judged rests on a state that is past.
void wait_for_source(Draft& draft, const Facts& facts);
// A look that ended early only blocks: it decides no open request, and clears no finding.
void take_partial_look(Draft& draft, const Facts& facts);
// Answers are missing or contradict each other (RFC 9975 §3).
void take_failed_look(Draft& draft, const Facts& facts);
// The rules permit it; what is left are policy, replay, vantage points and the hold.
void take_permitted(Draft& draft, const Facts& facts);

}  // namespace dskeeper::keeper
