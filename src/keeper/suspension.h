// Whether automation is off for a delegation: suspension (RFC 10026 §7.1.3, §7.1.4), opt-outs and
// statuses.
#pragma once

#include <optional>
#include <vector>

#include "keeper/facts.h"
#include "model/finding.h"

namespace dskeeper::keeper {

// An automatic suspension begins when the whole DS set vanishes out of band, and ends with any DS,
// whoever set it. One by the operator stays. A removal that we made ourselves begins none.
[[nodiscard]] std::optional<Suspension> next_suspension(const Facts& facts);

// One that begins now.
[[nodiscard]] Suspension automatic_suspension(Time now);

// Everything that keeps automation off; empty where it is on. Locks alone (clientUpdateProhibited,
// serverUpdateProhibited) are not among it unless the policy names them (RFC 10026 §6.1).
[[nodiscard]] std::vector<Finding> find_bars(const std::optional<Suspension>& suspension,
                                             const Delegation& delegation, const Policy& policy);
// The same of name servers and glue (RFC 7477), which have an opt-out of their own.
[[nodiscard]] std::vector<Finding> find_csync_bars(const std::optional<Suspension>& suspension,
                                                   const Delegation& delegation,
                                                   const Policy& policy);

}  // namespace dskeeper::keeper
