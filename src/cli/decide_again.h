// Makes a kept decision once more, from its evidence alone: no network, no store, no clock.
#pragma once

#include <cstdint>

#include "dns/signature.h"
#include "keeper/advance.h"
#include "model/evidence.h"
#include "model/policy.h"
#include "model/verdict.h"

namespace dskeeper::cli {

struct SecondDecision {
  Decision decision;
  std::uint64_t signatures = 0;  // of the child's servers that are valid, each counted where seen
};

// Under the policy that was in force, or another one; at the recorded times.
[[nodiscard]] SecondDecision decide_again(const Evidence& evidence, const Policy& policy,
                                          dns::Verifier& verifier);

// What was seen proves that the child asked for it, or only that somebody showed it to us. Unsigned
// delegations have no key that vouches for the answers (RFC 8078 §3.3).
[[nodiscard]] bool rests_on_signatures(const Evidence& evidence);

}  // namespace dskeeper::cli
