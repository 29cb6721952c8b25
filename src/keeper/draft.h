// The next case while it is being decided upon. Internal to src/keeper.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "keeper/facts.h"
#include "model/case.h"
#include "model/finding.h"

namespace dskeeper::keeper {

struct Draft {
  Case next;
  std::string hold_reset_because;  // the delegation changed under it
  bool is_look_counted = false;

  void note(Finding finding) { next.findings.push_back(std::move(finding)); }
  void note(std::optional<Finding> finding) {
    if (finding) note(*std::move(finding));
  }
  // What somebody else found, and what only they can clear.
  void keep_finding(const std::optional<Case>& before, FindingCode code) {
    if (!before) return;
    for (const Finding& finding : before->findings) {
      if (finding.code == code) note(finding);
    }
  }
  // A hold ended, and none begins in its place.
  void note_reset() {
    if (hold_reset_because.empty()) return;
    note(Finding{FindingCode::hold_restarted, {}, {hold_reset_because}});
  }
  void settle(Outcome outcome, std::optional<Time> ready_at = std::nullopt) {
    next.outcome = outcome;
    next.ready_at = ready_at;
  }
  void end_hold() { next.hold.reset(); }
  // Nobody sees the request whole and valid any more.
  void forget_validity() {
    next.first_valid_at.reset();
    next.last_valid_at.reset();
  }
};

// What lives on from one look to the next, and what this look says.
[[nodiscard]] Draft open_draft(const Facts& facts);

}  // namespace dskeeper::keeper
