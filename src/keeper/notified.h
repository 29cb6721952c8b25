// A child whose operator notifies needs no timed look at every pass (RFC 9859 §4.3). Pure.
//
// Once a NOTIFY has revealed a change, timed looks become rare (policy `notified-interval`), until
// one of them finds what nobody has notified.
#pragma once

#include <optional>

#include "base/time.h"
#include "model/case.h"
#include "model/journal.h"
#include "model/policy.h"

namespace dskeeper::keeper {

// For `next`, which has what was known before from advance(): since when its operator notifies.
[[nodiscard]] std::optional<Time> notified_since(const std::optional<Case>& before,
                                                 const Case& next, Channel channel, Time now);

// May a timed pass leave the child out? Never one that asks for something, or whose TTL is to be
// restored.
[[nodiscard]] bool may_leave_out(const std::optional<Case>& value, const Policy& policy, Time now);

}  // namespace dskeeper::keeper
