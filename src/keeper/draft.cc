#include "keeper/draft.h"

#include "keeper/authorship.h"
#include "keeper/continuity.h"
#include "keeper/events.h"
#include "keeper/suspension.h"
#include "keeper/ttl_restore.h"
#include "keeper/watermark.h"

namespace dskeeper::keeper {

Draft open_draft(const Facts& facts) {
  Draft draft;
  Case& next = draft.next;
  if (facts.before) {
    const Continuity continuity = compare(*facts.before, facts.delegation);
    if (continuity == Continuity::same) {
      next.retry = facts.before->retry;
      next.conditions = facts.before->conditions;
      next.notified_since = facts.before->notified_since;
      next.watermark = facts.before->watermark;
      next.hold = facts.before->hold;
      if (facts.policy.out_of_band_wins && was_changed_out_of_band(facts)) {
        next.watermark = raised_to(next.watermark, facts.now);
      }
    }
    if (facts.before->hold) {
      draft.hold_reset_because = find_disturbance(*facts.before, facts.delegation).value_or("");
      if (!draft.hold_reset_because.empty()) next.hold.reset();
    }
    const bool is_the_same = facts.before->request_id == facts.verdict.request_id();
    if (is_the_same && draft.hold_reset_because.empty()) {
      next.first_valid_at = facts.before->first_valid_at;
      next.last_valid_at = facts.before->last_valid_at;
    }
  }
  next.child = facts.delegation.child;
  next.parent = facts.delegation.parent;
  next.at = facts.now;
  next.policy = facts.policy.name;
  next.delegation = with_known_facts(facts.before, facts.delegation);
  next.request = facts.verdict.request;
  next.request_id = facts.verdict.request_id();
  next.findings = facts.verdict.findings;
  next.suspension = next_suspension(facts);
  next.lost_removal = next_lost_removal(facts);
  next.lowered_ttl = next_lowered_ttl(facts);
  next.change = next_change(facts);
  return draft;
}

}  // namespace dskeeper::keeper
