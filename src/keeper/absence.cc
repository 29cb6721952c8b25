#include "keeper/absence.h"

#include <utility>

#include "keeper/continuity.h"
#include "keeper/outbox.h"
#include "keeper/suspension.h"
#include "model/json.h"

namespace dskeeper::keeper {
namespace {

// What is left of a case of which nothing may be concluded later.
Case remains(const Case& before, Time now) {
  Case out;
  out.child = before.child;
  out.parent = before.parent;
  out.at = now;
  out.policy = before.policy;
  out.delegation = before.delegation;
  out.absent_since = before.absent_since.value_or(now);
  const bool is_by_operator =
      before.suspension && before.suspension->kind == SuspensionKind::by_operator;
  if (is_by_operator) {
    out.suspension = before.suspension;
    out.outcome = Outcome::suspended;
    out.findings.push_back(
        {FindingCode::suspended, {}, {format_time(out.suspension->since), out.suspension->reason}});
  }
  return out;
}

Event tell(const Case& value, std::string summary, Time now) {
  return {value.parent,          value.child,        now,
          EventKind::transition, std::move(summary), case_to_contract_json(value)};
}

}  // namespace

Step leave(const Case& before, const std::optional<Change>& open_change, Time now) {
  Step step;
  step.next = remains(before, now);
  if (open_change) {
    step.next.change = open_change;
    if (open_change->state == ChangeState::queued) {
      step.next.change = withdrawn(*open_change, "The parent no longer delegates the name.", now);
      step.supersede_queued = true;
      step.changes.push_back(*step.next.change);
      step.events.push_back(
          change_event(*step.next.change, "The queued change was withdrawn.", now));
    }
  }
  if (!before.absent_since) {
    step.events.push_back(tell(step.next, "The parent no longer delegates the name.", now));
  }
  step.is_worth_storing = !before.absent_since || before.change != step.next.change;
  return step;
}

std::optional<Step> notice_removal(const Delegation* before, const Delegation& now_is,
                                   const Policy& policy, Time now) {
  const bool was_secure = before == nullptr || before->is_secure();
  if (!was_secure || now_is.is_secure()) return std::nullopt;
  Case known;
  known.delegation = before == nullptr ? now_is : *before;
  if (compare(known, now_is) == Continuity::registered_anew) return std::nullopt;
  Step step;
  Case& next = step.next;
  next.child = now_is.child;
  next.parent = now_is.parent;
  next.at = now;
  next.policy = policy.name;
  next.delegation = with_known_facts(known, now_is);
  next.suspension = automatic_suspension(now);
  next.outcome = Outcome::suspended;
  next.findings = find_bars(next.suspension, next.delegation, policy);
  sort_findings(next.findings);
  step.is_worth_storing = true;
  step.events.push_back(
      tell(next, "The DS set was removed by other means than CDS or CDNSKEY.", now));
  return step;
}

}  // namespace dskeeper::keeper
