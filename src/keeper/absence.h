// Names that the parent no longer delegates, and children that were never worth storing and lose
// their DS set. Pure.
#pragma once

#include <optional>

#include "base/time.h"
#include "keeper/advance.h"
#include "model/case.h"
#include "model/change.h"
#include "model/delegation.h"
#include "model/policy.h"

namespace dskeeper::keeper {

// The delegation vanished: hold, retry and queued change end; should the name return, it is a new
// case. The operator's suspension stays. To be repeated at every pass while the outbox still holds
// a change; the rest of it changes nothing then.
[[nodiscard]] Step leave(const Case& before, const std::optional<Change>& open_change, Time now);

// RFC 10026 §7.1.3 for a child without a case: the whole DS set vanished between two readings of
// the source. `before` is nullptr where no more is known than that it was secure. Nothing where
// that is not so, or where the name was registered anew.
[[nodiscard]] std::optional<Step> notice_removal(const Delegation* before, const Delegation& now_is,
                                                 const Policy& policy, Time now);

}  // namespace dskeeper::keeper
