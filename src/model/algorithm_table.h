// Which algorithms and digest types a parent may publish and count on (RFC 9904, 9905, 9906).
//
// A value that a policy carries, so that a kept decision can be judged again as it was judged.
#pragma once

#include <array>
#include <cstdint>

#include "dns/types.h"

namespace dskeeper {

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
  bool operator==(const DigestUse&) const = default;
};

class AlgorithmTable {
 public:
  // As the registries stand; data/algorithms.toml gives the columns, and a test holds it to this.
  AlgorithmTable();

  [[nodiscard]] AlgorithmUse use_of(dns::Algorithm algorithm) const {
    return algorithms_[static_cast<std::uint8_t>(algorithm)];
  }
  [[nodiscard]] DigestUse use_of(dns::DigestType type) const {
    return digests_[static_cast<std::uint8_t>(type)];
  }
  void set(dns::Algorithm algorithm, AlgorithmUse use) {
    algorithms_[static_cast<std::uint8_t>(algorithm)] = use;
  }
  void set(dns::DigestType type, DigestUse use) { digests_[static_cast<std::uint8_t>(type)] = use; }

  bool operator==(const AlgorithmTable&) const = default;

 private:
  std::array<AlgorithmUse, 256> algorithms_{};
  std::array<DigestUse, 256> digests_{};
};

}  // namespace dskeeper
