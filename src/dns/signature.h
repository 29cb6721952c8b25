// Verification of DNSSEC signatures, each distinct one once.
//
// OpenSSL does the arithmetic over the canonical form of rrset.h; parsed keys are cached here, what
// was found valid in a VerifiedSignatures that others may share. One Verifier a thread.
#pragma once

#include <cstdint>
#include <memory>

#include "base/time.h"
#include "dns/records.h"
#include "dns/rrset.h"
#include "dns/signature_status.h"
#include "dns/verification_budget.h"
#include "dns/verified_signatures.h"

namespace dskeeper::dns {

[[nodiscard]] bool is_supported(Algorithm algorithm);

class Verifier {
 public:
  struct Counts {
    std::uint64_t verified = 0;  // signatures that cost arithmetic
    std::uint64_t known = 0;     // and that did not
  };

  // Alone, or with the memory that it shares.
  Verifier();
  explicit Verifier(std::shared_ptr<VerifiedSignatures> known);
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;
  ~Verifier();

  // Is `signature` over `rrset` made by `key` of the zone `zone`, and valid at `now`? All
  // conditions of RFC 4035 §5.3.1 are checked, and that nothing was expanded from a wildcard. Times
  // are checked at each call; only the arithmetic is remembered.
  [[nodiscard]] SignatureStatus verify(const Rrset& rrset, const Rrsig& signature,
                                       const Dnskey& key, const Name& zone, Time now,
                                       VerificationBudget& budget);

  [[nodiscard]] Counts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dskeeper::dns
