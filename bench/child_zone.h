// What the zone of one child holds, before it is signed: the same whether Knot serves it from a
// file or the responder makes it up when asked.
#pragma once

#include <vector>

#include "dns/rrset.h"
#include "world.h"
#include "zone_signer.h"

namespace dskeeper::bench {

// How a zone is signed is its operator's habit: half of them have one key a zone, and a quarter
// NSEC3.
[[nodiscard]] bool has_one_key(std::size_t operator_index);
[[nodiscard]] Denial denial_of(std::size_t operator_index);

[[nodiscard]] bool is_signed(Kind kind);
[[nodiscard]] bool is_secure(Kind kind);  // has DS in the parent
[[nodiscard]] bool publishes_cds(Kind kind);

// SOA, NS, and an address at the apex and at www.
[[nodiscard]] std::vector<dns::Record> plain_zone(const Child& child);
[[nodiscard]] dns::Record ds_record(const dns::Name& owner, const ZoneKeys& keys);
// CDS and CDNSKEY that name the entry key.
[[nodiscard]] std::vector<dns::Record> request_records(const dns::Name& owner,
                                                       const ZoneKeys& keys);

}  // namespace dskeeper::bench
