// The UPDATE message that changes the name servers and glue of a delegation (RFC 2136, RFC 7477):
//
//   prerequisites the DS set, the NS set, and the glue of each host inside the child, as judged
//   update        the NS set as a whole; of each host inside the child the glue that changes
//
// Glue that other delegations use is replaced where that was decided, and never removed. Pure.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/name.h"
#include "dns/types.h"
#include "model/change.h"

namespace dskeeper::parent {

// `ttl` is that of the standing NS set: CSYNC does not copy TTLs (RFC 7477 §3.2.1).
[[nodiscard]] Result<Bytes> encode_name_servers(const dns::Name& zone, const Change& change,
                                                dns::Ttl ttl, std::uint16_t id);

}  // namespace dskeeper::parent
