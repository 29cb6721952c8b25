// What follows from a person's act on one child: `suspend`, `resume`, `approve` (contract.md).
// Pure.
//
// The holder of the parent's lease obeys each act once, before its next send, and writes all that
// comes back in one transaction. `resume --breaker` is in keeper/breaker.h.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "model/act.h"
#include "model/case.h"
#include "model/change.h"
#include "model/delegation.h"
#include "model/journal.h"
#include "model/policy.h"

namespace dskeeper::keeper {

struct Obeyed {
  std::optional<Case> next;          // to be written; nothing where the act had no effect
  std::optional<Change> superseded;  // the queued change, withdrawn
  std::vector<Event> events;         // always one of kind `act`: also what had no effect is told
  bool look_now = false;             // the child is to be looked at in full before anything is sent
};

// `delegation` is nullptr where the parent does not delegate the name; `open_change` is what the
// outbox holds for it. A change that was sent already is awaited.
[[nodiscard]] Obeyed obey(const Act& act, const std::optional<Case>& before,
                          const Delegation* delegation, const std::optional<Change>& open_change,
                          const Policy& policy, Time now);

}  // namespace dskeeper::keeper
