// Whether the domain stays resolvable under a new DS set (RFC 10026 §4.1.1, §4.2.1).
#pragma once

#include "rules/matter.h"

namespace dskeeper::rules::rfc10026 {

// RFC 9905 §2, RFC 9906 §2: no DS is made that must not be made.
void check_algorithms(const Matter& matter, const dns::DsSet& ds, FindingList& faults);

// §4.2.1 at every server that gave its DNSKEY set (standards.md §17-E).
void check_continuity(const Matter& matter, const dns::DsSet& ds, FindingList& faults);

// RFC 4035 §2.2: each algorithm of the DS set should sign the DNSKEY set. Validators take any path
// (RFC 6840 §5.11), so that it is a warning unless the policy demands it (standards.md §17-F).
void check_completeness(const Matter& matter, const dns::DsSet& ds, FindingList& faults,
                        FindingList& warnings);

}  // namespace dskeeper::rules::rfc10026
