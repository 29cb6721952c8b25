// Which algorithms and digest types a parent may publish and count on (RFC 9904, 9905, 9906).
//
// A small value, so that a later registry state can be loaded from data (standards.md §6.7).
#pragma once

#include <array>
#include <cstdint>

#include "dns/types.h"

namespace dskeeper::rules {

// What a DS of an algorithm is worth to us.
enum class AlgorithmUse : std::uint8_t {
  ignored,  // may be published, but no path of trust is counted on it (RFC 10026 §4.2.1)
  counts,   // RECOMMENDED for validation
  refused,  // a DS of it is never made (RFC 9905 §2, RFC 9906 §2)
};

struct DigestUse {
  bool is_eligible = false;  // MUST in "Implement for DNSSEC Delegation": CDS of it are considered
  bool may_publish = false;  // not MUST NOT in "Use for DNSSEC Delegation"
  bool counts = false;       // a path of trust may be counted on it
};

class AlgorithmTable {
 public:
  // The table of standards.md §6.7.
  [[nodiscard]] static const AlgorithmTable& standard();

  [[nodiscard]] AlgorithmUse use_of(dns::Algorithm algorithm) const {
    return algorithms_[static_cast<std::uint8_t>(algorithm)];
  }
  [[nodiscard]] DigestUse use_of(dns::DigestType type) const {
    return digests_[static_cast<std::uint8_t>(type)];
  }

 private:
  std::array<AlgorithmUse, 256> algorithms_{};
  std::array<DigestUse, 256> digests_{};
};

}  // namespace dskeeper::rules
