// What the signatures of one child may cost us in one look at it.
//
// KeyTrap (CVE-2023-50387): with colliding key tags and many signatures a child can ask for far
// more arithmetic than its octets suggest. So an RRset, as one answer carried it, gets eight
// failures, which leave room for colliding tags and half-finished rollovers, and sixteen
// verifications in all; and a child, over all its servers, a sum in which dear algorithms count for
// more.
//
// Each distinct signature counts once, at its first server, and it counts also where it is known
// from another look: what is decided must not depend on what we remember. One thread at a time.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "dns/signature_status.h"
#include "dns/verified_signatures.h"

namespace dskeeper::dns {

class VerificationBudget {
 public:
  static constexpr unsigned failures_per_rrset_max = 8;
  static constexpr unsigned verifications_per_rrset_max = 16;
  // In verifications of P-256, some 60 µs each. Thirteen name servers with two addresses, each of
  // which signs every answer anew, with two signatures each, take 208.
  static constexpr unsigned child_cost_max = 512;
  static constexpr unsigned child_failures_max = 64;

  explicit VerificationBudget(unsigned cost_max = child_cost_max) : cost_max_(cost_max) {}

  // Before the signatures of each RRset of each answer.
  void begin_rrset() {
    rrset_done_ = 0;
    rrset_failed_ = 0;
  }

  // Whether a signature was not looked at since the child had used up what it gets.
  [[nodiscard]] bool is_exhausted() const { return is_exhausted_; }
  [[nodiscard]] unsigned cost_max() const { return cost_max_; }
  // What had to be computed, in verifications of P-256.
  [[nodiscard]] unsigned computed() const { return computed_; }

 private:
  friend class Verifier;

  [[nodiscard]] std::optional<SignatureStatus> find(const VerifiedSignatures::Tag& tag) const {
    for (const auto& [known, status] : known_) {
      if (known == tag) return status;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool admit(unsigned cost) {
    if (rrset_failed_ >= failures_per_rrset_max || rrset_done_ >= verifications_per_rrset_max) {
      return false;
    }
    if (cost_ + cost > cost_max_ || failed_ >= child_failures_max) {
      is_exhausted_ = true;
      return false;
    }
    return true;
  }

  SignatureStatus note(const VerifiedSignatures::Tag& tag, SignatureStatus status, unsigned cost) {
    known_.emplace_back(tag, status);
    cost_ += cost;
    ++rrset_done_;
    if (status != SignatureStatus::valid) {
      ++rrset_failed_;
      ++failed_;
    }
    return status;
  }

  unsigned cost_max_;
  unsigned cost_ = 0;
  unsigned computed_ = 0;
  unsigned failed_ = 0;
  unsigned rrset_done_ = 0;
  unsigned rrset_failed_ = 0;
  bool is_exhausted_ = false;
  std::vector<std::pair<VerifiedSignatures::Tag, SignatureStatus>> known_;
};

}  // namespace dskeeper::dns
