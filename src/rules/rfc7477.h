// Whether name servers and glue may be copied from the child (RFC 7477 with RFC 9975 §3.2), and
// what would stand then.
//
// The order of the checks is that of judge(): the first error is the one to mend first.
#pragma once

#include <span>

#include "model/csync.h"
#include "rules/matter.h"

namespace dskeeper::rules::rfc7477 {

// `silent` are the servers that gave no answer at all in the whole look.
[[nodiscard]] CsyncVerdict judge_csync(const Matter& matter, std::span<const ServerAddress> silent);

}  // namespace dskeeper::rules::rfc7477
