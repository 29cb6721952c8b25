// advance: how a case follows from the one before and a new verdict.
//
// Pure: holds, retries, quorum, suspension and the replay guard are decided here, nowhere else
// (design.md, "Decisions already taken").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/case.h"
#include "model/change.h"
#include "model/delegation.h"
#include "model/journal.h"
#include "model/policy.h"
#include "model/verdict.h"

namespace dskeeper::keeper {

// What is to be written and done, all in one transaction.
struct Step {
  Case next;
  bool is_worth_storing = false;  // something besides `at` changed, or a look was counted
  std::optional<Change> queue;    // a new change
  bool supersede_queued = false;  // the queued change is no longer what the case says
  std::vector<Change> changes;    // all that are to be written: the superseded one as failed, the
                                  // new one, or the queued one judged anew
  std::vector<Event> events;      // for the journal
};

// `before` is nothing for a child that was never worth storing. `open_change` is what the outbox
// holds for the child. `vantages_configured` resolves `all` in the policy's quorum.
[[nodiscard]] Step advance(const std::optional<Case>& before, const Delegation& delegation,
                           const Verdict& verdict, const std::optional<Change>& open_change,
                           const Policy& policy, unsigned vantages_configured, Time now);

}  // namespace dskeeper::keeper
