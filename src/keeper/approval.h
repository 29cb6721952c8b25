// What a person may approve, and how long the consent holds (RFC 7344 §6.1: enrolment after the
// content was shown and confirmed).
//
// An approval takes the place of the remaining hold, of missing vantage points, and of the policy's
// "never without signals". It never takes the place of a rule, nor of servers that agree.
#pragma once

#include <optional>
#include <string>

#include "keeper/draft.h"
#include "keeper/facts.h"

namespace dskeeper::keeper {

// A request on hold, or one that nothing but the policy's `bootstrap` refuses.
[[nodiscard]] bool is_approvable(const Case& value);

// The rules permit it; only the policy wants signals for a first DS.
[[nodiscard]] bool is_refused_by_policy_alone(const Facts& facts);

// What it lives by: its time. What a look says of it, to the person who reads the case.
[[nodiscard]] bool is_over(const Approval& approval, const Facts& facts);
[[nodiscard]] Finding approved(const Approval& approval);
[[nodiscard]] Finding approval_ended(const Approval& approval, std::string because);

// Takes the standing approval over into the draft. It ends with its time, and with all that would
// end a hold: another request, another answer, another delegation.
void carry_approval(Draft& draft, const Facts& facts);

}  // namespace dskeeper::keeper
