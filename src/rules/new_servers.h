// Whether a delegation would still work with other name servers and glue (RFC 9975 §3.2): they
// answer for the child, with the keys that the standing DS set needs, and can be reached.
#pragma once

#include <span>
#include <vector>

#include "rules/csync_sight.h"
#include "rules/rfc7477_data.h"

namespace dskeeper::rules::new_servers {

// What can be told from the set alone: enough of them (RFC 7477 §3.2.1), each inside the child with
// an address (§3.2.2); not more than can be asked.
void check_set(const CsyncMatter& csync, std::span<const NameServer> name_servers,
               FindingList& faults);

// What they answered. Whom nobody heard is missing, unless the parent names it already.
void check_answers(const CsyncMatter& csync, std::span<const NameServer> name_servers,
                   rfc7477::CsyncMissing& missing, FindingList& faults);

// None of those that caches know now remains; glue would change that other delegations use.
void note_consequences(const CsyncMatter& csync, std::span<const NameServer> name_servers,
                       FindingList& warnings);

}  // namespace dskeeper::rules::new_servers
