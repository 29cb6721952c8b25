// Whether a request is genuine (RFC 7344 §4.1), and the DS set that it means (§6.2.1).
#pragma once

#include "model/verdict.h"
#include "rules/matter.h"

namespace dskeeper::rules::rfc7344 {

// Does the standing DS set name a key that validly signs this server's DNSKEY set?
[[nodiscard]] bool is_chain_whole(const Matter& matter, const Sight& sight);
// … this DNSKEY set, wherever it came from?
[[nodiscard]] bool is_chain_whole(const Matter& matter, const ProvedAnswer& dnskey);

// Is the absence of a type at a secure child's server proven (RFC 4035 §5.4)?
[[nodiscard]] bool is_denial_proven(const Matter& matter, const Sight& sight,
                                    const ProvedAnswer& answer);

// §4.1 at every server, for every type that it publishes; secure delegations only.
void check_signers(const Matter& matter, FindingList& faults);

// The standing DS set leads nowhere at some server: a warning, whatever is asked (RFC 10026
// §4.2.1).
void check_standing_chain(const Matter& matter, FindingList& warnings);

// Has what was received a valid signature by any key of its zone? What was not has no fault.
void check_validates(const ProvedAnswer& answer, const ServerAddress& server, FindingList& faults);

// RFC 8078 §5 for a first DS: what the zone publishes must validate once its DNSKEY set does.
void check_zone_signatures(const Matter& matter, FindingList& faults);

// The newest inception of a validated CDS and CDNSKEY RRset or its denial (§6.2), type by type.
[[nodiscard]] Inceptions newest_inception(const Matter& matter);
// The same, of RRsets alone: those that carry the request.
[[nodiscard]] Inceptions newest_asking(const Matter& matter);

// §6.2.1: digests of the policy's types for each key; a key of which only a CDS is known keeps it.
[[nodiscard]] dns::DsSet make_ds_set(const Matter& matter, const KeySet& keys);

}  // namespace dskeeper::rules::rfc7344
