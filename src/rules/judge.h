// judge: the order in which the rules are asked, and the verdict that follows.
//
// Pure. The first error it names is the one that the child must mend first.
#pragma once

#include <span>

#include "base/time.h"
#include "model/delegation.h"
#include "model/policy.h"
#include "model/verdict.h"
#include "rules/prove.h"

namespace dskeeper::rules {

// `proved` holds one entry for each vantage point of the same look.
[[nodiscard]] Verdict judge(const Delegation& delegation, std::span<const Proved> proved,
                            const Policy& policy, Time now);

}  // namespace dskeeper::rules
