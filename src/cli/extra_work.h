// What the children of one pass may cost together beyond the ordinary: the second limit against
// KeyTrap (CVE-2023-50387), for somebody who has many children.
//
// Each child may cost what those cost that sign with two keys and have a few servers. What one
// needs beyond that comes from what the pass has for all of them, so that those who flood us can
// make a pass last twice as long and no longer. When it is used up, a child that needs more is left
// to the next pass: nothing is said of it, since it depends on the others; and nobody else notices.
// Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "dns/verification_budget.h"

namespace dskeeper::cli {

class ExtraWork {
 public:
  // In verifications of P-256, some 60 µs each.
  static constexpr unsigned ordinary = 64;
  static constexpr std::int64_t least = 10'000;

  // For a pass over so many children.
  explicit ExtraWork(std::size_t children) : left_(least + static_cast<std::int64_t>(children)) {}

  // For the look that begins now.
  [[nodiscard]] dns::VerificationBudget budget() const {
    return dns::VerificationBudget(left_ > 0 ? dns::VerificationBudget::child_cost_max : ordinary);
  }

  // Books what the look has cost; whether it must be left to the next pass.
  [[nodiscard]] bool take(const dns::VerificationBudget& used) {
    if (used.computed() > ordinary) left_ -= used.computed() - ordinary;
    return used.is_exhausted() && used.cost_max() < dns::VerificationBudget::child_cost_max;
  }

 private:
  std::atomic<std::int64_t> left_;
};

}  // namespace dskeeper::cli
