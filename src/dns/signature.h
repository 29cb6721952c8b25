// Verification of DNSSEC signatures, each distinct one once.
//
// OpenSSL does the arithmetic over the canonical form of rrset.h; parsed keys and results are
// cached, since the same RRset comes from several servers. Limits keep a hostile child from making
// us work (KeyTrap, CVE-2023-50387): the data and signatures of one answer's RRset cost at most 8
// failed and 16 verifications in all, so verify the RRset with all its `signatures` in place.
// Not thread-safe: one per thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/time.h"
#include "dns/records.h"
#include "dns/rrset.h"

namespace dskeeper::dns {

enum class SignatureStatus {
  valid,
  expired,                // RRSIG expiration has passed
  not_yet_valid,          // RRSIG inception lies in the future
  wrong_key,              // tag, algorithm or signer name are not this key's
  wrong_scope,            // covers another type, another owner's zone, or a wildcard expansion
  unsupported_algorithm,  // not one of 8, 10, 13, 14, 15, 16
  bad_key,                // the public key cannot be parsed, is no zone key, or is revoked
  bad_signature,          // the arithmetic says no
  too_much_work,          // the limit for one RRset is used up
};
[[nodiscard]] std::string to_text(SignatureStatus status);

[[nodiscard]] bool is_supported(Algorithm algorithm);

class Verifier {
 public:
  struct Counts {
    std::uint64_t verified = 0;  // signatures that cost arithmetic
    std::uint64_t cached = 0;    // answered from the cache
  };

  Verifier();
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;
  ~Verifier();

  // Is `signature` over `rrset` made by `key` of the zone `zone`, and valid at `now`? All
  // conditions of RFC 4035 §5.3.1 are checked, and that nothing was expanded from a wildcard. Times
  // are checked at each call; only the arithmetic is cached.
  [[nodiscard]] SignatureStatus verify(const Rrset& rrset, const Rrsig& signature,
                                       const Dnskey& key, const Name& zone, Time now);

  [[nodiscard]] Counts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dskeeper::dns
