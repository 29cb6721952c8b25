#include "keeper/acts.h"

#include <fmt/core.h>

#include <string>
#include <utility>

#include "keeper/approval.h"
#include "keeper/csync.h"
#include "keeper/outbox.h"
#include "keeper/suspension.h"
#include "model/json.h"

namespace dskeeper::keeper {
namespace {

Event tell(const Act& act, std::string summary, Time now) {
  return {act.parent,     act.child,          now,
          EventKind::act, std::move(summary), act_to_contract_json(act)};
}

Obeyed without_effect(const Act& act, std::string_view because, Time now) {
  Obeyed out;
  out.events.push_back(tell(
      act,
      fmt::format("The act \"{}\" by {} had no effect: {}.", to_text(act.kind), act.actor, because),
      now));
  return out;
}

Case new_case(const Delegation& delegation, const Policy& policy, Time now) {
  Case out;
  out.child = delegation.child;
  out.parent = delegation.parent;
  out.at = now;
  out.policy = policy.name;
  out.delegation = delegation;
  return out;
}

// Nothing that was under way goes on.
void stop(Case& value) {
  value.outcome = Outcome::suspended;
  value.ready_at.reset();
  value.ds.reset();
  value.first_valid_at.reset();
  value.last_valid_at.reset();
  value.hold.reset();
  value.retry.reset();
  value.approval.reset();
  if (is_at_rest(value.csync.outcome)) return;
  CsyncCase stopped;
  stopped.outcome = Outcome::suspended;
  stopped.serials = value.csync.serials;
  value.csync = std::move(stopped);
}

// What the suspension says is told by its finding; others may keep automation off beside it.
bool show_bars(Case& value, const Policy& policy) {
  value.findings = find_bars(value.suspension, value.delegation, policy);
  sort_findings(value.findings);
  return !value.findings.empty();
}

Obeyed suspend(const Act& act, Case next, const std::optional<Change>& open_change,
               const Policy& policy, Time now) {
  Obeyed out;
  next.suspension = Suspension{SuspensionKind::by_operator, act.at, act.reason};
  stop(next);
  show_bars(next, policy);
  out.events.push_back(tell(
      act, fmt::format("DS automation was suspended by {}, because {}.", act.actor, act.reason),
      now));
  if (open_change && open_change->state == ChangeState::queued) {
    out.superseded =
        withdrawn(*open_change, "DS automation was suspended before it was sent.", now);
    next.change = out.superseded;
    out.events.push_back(change_event(*out.superseded, "The queued change was withdrawn.", now));
  }
  out.next = std::move(next);
  return out;
}

Obeyed resume(const Act& act, Case next, const Delegation* delegation, const Policy& policy,
              Time now) {
  const bool was_suspended = next.suspension.has_value();
  if (!was_suspended && !act.reset_replay) {
    return without_effect(act, "DS automation is not suspended for this name", now);
  }
  Obeyed out;
  std::string summary;
  if (was_suspended) {
    summary = fmt::format("DS automation was resumed by {}.", act.actor);
    next.suspension.reset();
    // What was removed up to now is known to whoever resumes, and suspends nothing again.
    if (delegation != nullptr) next.delegation.ds = delegation->ds;
    if (show_bars(next, policy)) {
      stop(next);
    } else {
      if (next.outcome == Outcome::suspended) next.outcome = Outcome::retry;
      if (next.csync.outcome == Outcome::suspended) next.csync.outcome = Outcome::retry;
    }
  }
  if (act.reset_replay) {
    next.watermark = {};
    next.csync.serials.clear();
    summary += fmt::format("{}The replay watermark was forgotten at the word of {}.",
                           summary.empty() ? "" : " ", act.actor);
  }
  out.look_now = next.outcome != Outcome::suspended;
  if (out.look_now && !is_at_rest(next.outcome)) next.ready_at = now;
  out.events.push_back(tell(act, std::move(summary), now));
  out.next = std::move(next);
  return out;
}

// Why it cannot be approved; empty where it can.
std::string find_obstacle(const Act& act, const Case& value, const Policy& policy, Time now) {
  const std::string& csync_id = value.csync.request_id;
  if (value.request_id.empty() && csync_id.empty()) return "the child asks for nothing";
  const bool is_of_csync = !csync_id.empty() && csync_id == act.request_id;
  if (value.request_id != act.request_id && !is_of_csync) {
    const std::string& asked = value.request_id.empty() ? csync_id : value.request_id;
    return "it is for another request than " + asked + ", which is asked now";
  }
  if (now - act.at >= policy.approval_expires) return "it came too late";
  if (is_of_csync ? is_approvable(value.csync) : is_approvable(value)) return {};
  return fmt::format("a request that stands at \"{}\" is nothing that a person may approve",
                     to_text(is_of_csync ? value.csync.outcome : value.outcome));
}

Obeyed approve(const Act& act, Case next, const Policy& policy, Time now) {
  if (const std::string obstacle = find_obstacle(act, next, policy, now); !obstacle.empty()) {
    return without_effect(act, obstacle, now);
  }
  Obeyed out;
  const bool is_of_csync = act.request_id == next.csync.request_id;
  (is_of_csync ? next.csync.approval : next.approval) =
      Approval{act.request_id, act.actor, std::min(act.at, now)};
  (is_of_csync ? next.csync.ready_at : next.ready_at) = now;
  out.look_now = true;
  out.events.push_back(
      tell(act, fmt::format("The request {} was approved by {}.", act.request_id, act.actor), now));
  out.next = std::move(next);
  return out;
}

}  // namespace

Obeyed obey(const Act& act, const std::optional<Case>& before, const Delegation* delegation,
            const std::optional<Change>& open_change, const Policy& policy, Time now) {
  if (!before && delegation == nullptr) {
    return without_effect(act, "the parent does not delegate the name", now);
  }
  Case current = before ? *before : new_case(*delegation, policy, now);
  switch (act.kind) {
    case ActKind::suspend:
      return suspend(act, std::move(current), open_change, policy, now);
    case ActKind::resume:
      return resume(act, std::move(current), delegation, policy, now);
    case ActKind::approve:
      return approve(act, std::move(current), policy, now);
    case ActKind::resume_breaker:
      break;
  }
  return without_effect(act, "it concerns no single name", now);
}

}  // namespace dskeeper::keeper
