// The CSYNC record itself: whether it can be processed at all (RFC 7477 §2), and whether the
// servers agree on it (RFC 9975 §3.2).
#pragma once

#include "rules/csync_sight.h"

namespace dskeeper::rules::rfc7477 {

// §2, §2.1.1.2, §2.1.1.2.1: one record, no unknown flag, no type but NS, A and AAAA; and none that
// the policy does not copy, since all is copied or nothing.
void check_records(const CsyncMatter& csync, FindingList& faults);

// RFC 9975 §3.2: the same types and the same flag `immediate` at all servers. Serials and the flag
// `soaminimum` may differ.
void check_agreement(const CsyncMatter& csync, FindingList& differences);

// §2.1.1.1 and RFC 9975 §3.2: each record is held against the SOA of its own server; servers of
// which some permit and others do not contradict each other.
void check_serials(const CsyncMatter& csync, FindingList& differences, FindingList& faults);

}  // namespace dskeeper::rules::rfc7477
