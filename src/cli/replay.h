// replay: judges the kept past again, and says where it would come out otherwise.
//
// Each decision is made from its own evidence, the case before it included: what an earlier one
// would have changed for a later one is not carried over.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "dns/name.h"
#include "model/evidence.h"
#include "model/policy.h"
#include "store/store.h"

namespace dskeeper::cli {

struct Difference {
  dns::Name child;
  Time at;
  Decision then;
  Decision now;
};

struct ReplayCounts {
  std::uint64_t decisions = 0;
  std::uint64_t differences = 0;
  std::uint64_t unreadable = 0;  // evidence that is damaged; `audit` says how
};

// Oldest first. Without a policy, each under the one that was in force.
[[nodiscard]] Result<ReplayCounts> replay_parent(
    store::Store& store, const dns::Name& parent, Time since, const Policy* policy,
    const std::function<void(const Difference&)>& on_difference);

// "2026-11-24T03:00:00Z  kid.example.  hold, until …  →  accept: …"
[[nodiscard]] std::string difference_text(const Difference& difference);

}  // namespace dskeeper::cli
