// What libunbound is told before its first question.
//
// Internal to src/net.
#pragma once

#include "base/result.h"
#include "net/resolver.h"

struct ub_ctx;

namespace dskeeper::net {

[[nodiscard]] Result<void> configure(ub_ctx& context, const ResolverOptions& options);

}  // namespace dskeeper::net
