// What a look makes of the other request that a child may make: name servers and glue (RFC 7477).
//
// Beside the DS set, and after it: what is asked for both at once is done in two runs, the second
// of which is judged against the state that the first has made.
#pragma once

#include "keeper/draft.h"
#include "keeper/facts.h"

namespace dskeeper::keeper {

// Brings `draft.next.csync` to one outcome. What is decided on the DS set is in the draft already.
void take_csync(Draft& draft, const Facts& facts);

// A request on hold that waits for a person.
[[nodiscard]] bool is_approvable(const CsyncCase& value);

// The serials of the servers when what the child's CSYNC record asks for stood in this very
// delegation; null where it did not, or nobody knows.
[[nodiscard]] const std::vector<SeenSerials>* standing_serials(const std::optional<Case>& before,
                                                               const Delegation& delegation);

// The edit that an accepted request comes to.
[[nodiscard]] NameServersEdit edit_of(const CsyncCase& accepted, const Delegation& delegation);

}  // namespace dskeeper::keeper
