// The keys of a policy.
#pragma once

#include <span>

#include "cli/key.h"
#include "model/policy.h"

namespace dskeeper::cli {

[[nodiscard]] std::span<const Key<Policy>> policy_keys();

}  // namespace dskeeper::cli
