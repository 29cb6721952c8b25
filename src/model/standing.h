// What one CDS or CDNSKEY RRset asks for beside the DS set that stands.
//
// Pure, and looks at the records alone. The surveyor ends a timed look by it, and the rules start
// from it: where both ask the same function, a look that ended early is never judged to ask.
#pragma once

#include "dns/rrset.h"
#include "model/delegation.h"

namespace dskeeper {

// The one record that asks for removal (RFC 8078 §4 with erratum 5049): CDS 0 0 0 00, CDNSKEY
// 0 3 0 AA==.
[[nodiscard]] bool is_delete_sentinel(const dns::Rrset& rrset);

// Do the records name the keys that the standing DS set names (RFC 9975 §3)? No other keys are
// needed to tell: where the digests leave a doubt, the answer is no.
[[nodiscard]] bool names_standing_keys(const Delegation& delegation, const dns::Rrset& rrset);

}  // namespace dskeeper
