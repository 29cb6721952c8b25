// Consistency over all name servers and vantage points (RFC 9975 §3, §3.1).
#pragma once

#include "rules/matter.h"

namespace dskeeper::rules::rfc9975 {

// Is this reading the status quo: nothing published, or what stands already (9975-6, 9975-7)?
[[nodiscard]] bool is_status_quo(const Matter& matter, const Reading& reading);
// Some reading is received and is not.
[[nodiscard]] bool is_anything_asked(const Matter& matter);
// Some server is seen to be at the status quo, so that nothing can happen whatever is missing.
[[nodiscard]] bool is_status_quo_seen(const Matter& matter);
// Some server names keys that stand already.
[[nodiscard]] bool is_standing_confirmed(const Matter& matter);

// §3.1: every key at every server and in both types, or removal in all.
void check_consistency(const Matter& matter, FindingList& differences);

// What the child asks for: the first reading that asks, for keys rather than for removal. Where the
// readings are consistent they are all the same.
[[nodiscard]] const Reading* find_wish(const Matter& matter);

// 9975-12: CDS of other digest types alone are nothing to act on (standards.md §17-C).
void refuse_ineligible(const Matter& matter, FindingList& faults);

}  // namespace dskeeper::rules::rfc9975
