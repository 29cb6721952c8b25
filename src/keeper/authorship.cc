#include "keeper/authorship.h"

#include "keeper/source_lag.h"

namespace dskeeper::keeper {
namespace {

// What ended without an answer explains nothing at later looks than the first: if it is a delete,
// it is remembered as lost by then, and not for ever.
bool is_past(const Change& change, const Case& before) {
  return change.state == ChangeState::failed && before.at > change.at();
}

bool explains(const Change* change, const Facts& facts) {
  if (change == nullptr || change->before == change->after || is_past(*change, *facts.before))
    return false;
  return change->may_have_been_applied() && !change->is_shown &&
         change->before == facts.before->delegation.ds && change->after == facts.delegation.ds;
}

}  // namespace

bool is_our_doing(const Facts& facts) {
  if (explains(facts.latest_change(), facts)) return true;
  if (facts.before->change && explains(&*facts.before->change, facts)) return true;
  const std::optional<LostRemoval>& lost = facts.before->lost_removal;
  return lost && !facts.delegation.is_secure() && lost->before == facts.before->delegation.ds;
}

std::optional<LostRemoval> next_lost_removal(const Facts& facts) {
  std::optional<LostRemoval> lost;
  if (facts.before) lost = facts.before->lost_removal;
  const Change* latest = facts.latest_change();
  const bool is_lost = latest != nullptr && latest->after.empty() && !latest->before.empty() &&
                       latest->state != ChangeState::confirmed && latest->may_have_been_applied() &&
                       !(facts.before && is_past(*latest, *facts.before));
  if (is_lost) lost = LostRemoval{latest->before, latest->sent_at.value_or(latest->queued_at)};
  if (!lost) return std::nullopt;
  // Gone: explained. Another set: whatever came of it, it can come no more (its prerequisite is the
  // old one). The old set long after: it was not applied.
  if (facts.delegation.ds != lost->before) return std::nullopt;
  if (facts.now - lost->sent_at > source_lag_max) return std::nullopt;
  return lost;
}

std::optional<Change> next_change(const Facts& facts) {
  const Change* latest = facts.latest_change();
  if (latest == nullptr) return std::nullopt;
  Change next = *latest;
  // Only what happened between two looks can be told from what was there all along.
  const bool was_other = facts.before && !is_after(next, facts.before->delegation);
  const bool is_there = is_after(next, facts.delegation) && !next.is_ttl_only();
  if (!next.is_open() && is_there && was_other && !is_source_behind(facts)) next.is_shown = true;
  return next;
}

}  // namespace dskeeper::keeper
