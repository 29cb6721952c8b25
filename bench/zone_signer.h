// Signs zones for the benchmark's population: RRSIG, NSEC and NSEC3 chains.
//
// As plain as a population needs it: ECDSA P-256 only, delegations but no wildcards, and of names
// between a name and the apex (empty non-terminals) none with NSEC3.
#pragma once

#include <vector>

#include "base/time.h"
#include "dns/rrset.h"
#include "zone_key.h"

namespace dskeeper::bench {

inline constexpr dns::Ttl zone_ttl{3600};
inline constexpr dns::Ttl negative_ttl{300};

struct Validity {
  Time from;
  Time until;
};

enum class Denial { nsec, nsec3 };

// DNSKEY, CDS and CDNSKEY are signed by the entry key, all else by the data key.
[[nodiscard]] const ZoneKey& key_for(const ZoneKeys& keys, dns::RecordType type);
// The RRSIG over records of one owner and type.
[[nodiscard]] dns::Record make_rrsig(const dns::Name& apex, const std::vector<dns::Record>& records,
                                     const ZoneKey& key, const Validity& validity);

// The zone with DNSKEY, RRSIG and NSEC or NSEC3 added, in canonical order; what lies below a
// delegation, and its NS, is not signed.
[[nodiscard]] std::vector<dns::Record> sign_zone(const dns::Name& apex,
                                                 std::vector<dns::Record> records,
                                                 const ZoneKeys& keys, Denial denial,
                                                 const Validity& validity);

}  // namespace dskeeper::bench
