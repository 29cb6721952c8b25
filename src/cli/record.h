// What a decision leaves behind for those who ask later: the journal's record (RFC 10026 §5.2), and
// the evidence that it rests on (design.md, "Evidence").
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "cli/evidence_shelf.h"
#include "keeper/advance.h"
#include "model/journal.h"
#include "store/store.h"

namespace dskeeper::cli {

// What advance() was given, and what was seen before that.
struct Basis {
  const std::vector<Survey>& surveys;
  const Verdict& verdict;
  const Delegation& delegation;
  const std::optional<Case>& before;
  const std::optional<Change>& open_change;
  const Policy& policy;
  unsigned vantages_configured = 1;
  Time now;
  Channel channel = Channel::scan;
};

// Completes the step's events, and puts the evidence into the batch that they will be written with.
// Call it on what advance() returned, before that is taken apart.
void add_record(keeper::Step& step, const Basis& basis, EvidenceShelf& shelf, store::Batch& batch);

// Drops the evidence that the policy keeps no longer (`keep`); the journal says so and stays whole.
[[nodiscard]] Result<void> drop_old_evidence(store::Store& store, const dns::Name& parent,
                                             const Policy& policy, Time now);

}  // namespace dskeeper::cli
