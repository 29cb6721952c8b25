// Signs zones for the benchmark's population: keys, RRSIG, NSEC and NSEC3 chains.
//
// As plain as a population needs it: ECDSA P-256 only, delegations but no wildcards, and of names
// between a name and the apex (empty non-terminals) none with NSEC3.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "dns/records.h"
#include "dns/rrset.h"

namespace dskeeper::bench {

inline constexpr std::uint16_t flags_ksk = 257;
inline constexpr std::uint16_t flags_zsk = 256;
inline constexpr dns::Ttl zone_ttl{3600};
inline constexpr dns::Ttl negative_ttl{300};

// A new ECDSA P-256 key pair.
class ZoneKey {
 public:
  explicit ZoneKey(std::uint16_t flags);
  [[nodiscard]] const dns::Dnskey& dnskey() const { return dnskey_; }
  // The signature as DNSSEC writes it: r | s (RFC 6605 §4).
  [[nodiscard]] Bytes sign(ByteView data) const;

 private:
  std::shared_ptr<EVP_PKEY> pair_;
  dns::Dnskey dnskey_;
};

// One key that does both (CSK), or a KSK and a ZSK.
struct ZoneKeys {
  std::vector<ZoneKey> keys;
  [[nodiscard]] const ZoneKey& entry() const { return keys.front(); }  // what the DS names
  [[nodiscard]] const ZoneKey& data() const { return keys.back(); }
};
[[nodiscard]] ZoneKeys make_csk();
[[nodiscard]] ZoneKeys make_ksk_and_zsk();

struct Validity {
  Time from;
  Time until;
};

enum class Denial { nsec, nsec3 };

// The zone with DNSKEY, RRSIG and NSEC or NSEC3 added, in canonical order. DNSKEY, CDS and CDNSKEY
// are signed by the entry key, all else by the data key; what lies below a delegation, and its NS,
// by none.
[[nodiscard]] std::vector<dns::Record> sign_zone(const dns::Name& apex,
                                                 std::vector<dns::Record> records,
                                                 const ZoneKeys& keys, Denial denial,
                                                 const Validity& validity);

}  // namespace dskeeper::bench
