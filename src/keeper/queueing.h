// From an accepted request to the outbox: at most one open change a delegation.
#pragma once

#include <optional>

#include "keeper/facts.h"
#include "model/finding.h"

namespace dskeeper::keeper {

struct Queueing {
  std::optional<Change> queue;       // a new change
  std::optional<Change> refreshed;   // the queued one, judged anew
  std::optional<Change> superseded;  // the queued one, ended since the case says something else
  std::optional<Finding> finding;    // why nothing is queued, or that something was superseded
  std::optional<Time> ready_at;      // when a change that failed is tried again
};

// The request was accepted; `ds` is what is to stand.
[[nodiscard]] Queueing queue_accepted(const Facts& facts);
// Other name servers or glue were accepted (RFC 7477): the case says which.
[[nodiscard]] Queueing queue_csync(const Facts& facts, const CsyncCase& accepted);
// Nothing is asked, and the TTL that was lowered before is to be restored.
[[nodiscard]] Queueing queue_restore(const Facts& facts, dns::Ttl ttl);
// It was not accepted, so that nothing may stay queued. A change that is already sent is awaited.
[[nodiscard]] Queueing queue_nothing(const Facts& facts);

}  // namespace dskeeper::keeper
