#include "keeper/advance.h"

#include <utility>

#include "keeper/approval.h"
#include "keeper/csync.h"
#include "keeper/draft.h"
#include "keeper/events.h"
#include "keeper/facts.h"
#include "keeper/outbox.h"
#include "keeper/queueing.h"
#include "keeper/reports.h"
#include "keeper/source_lag.h"
#include "keeper/suspension.h"
#include "keeper/taking.h"
#include "keeper/ttl_restore.h"
#include "keeper/watermark.h"

namespace dskeeper::keeper {
namespace {

// What the policy alone refuses is permitted by the person who approved it.
void take_approved(Draft& draft, const Facts& facts) {
  std::erase_if(draft.next.findings, [](const Finding& finding) {
    return finding.code == FindingCode::bootstrap_off ||
           finding.code == FindingCode::signal_missing ||
           finding.code == FindingCode::signals_impossible;
  });
  take_permitted(draft, facts);
}

// The order in which things are decided. Every look comes to exactly one outcome.
void decide(Draft& draft, const Facts& facts) {
  if (is_source_behind(facts)) return wait_for_source(draft, facts);

  std::vector<Finding> bars = find_bars(draft.next.suspension, draft.next.delegation, facts.policy);
  if (!bars.empty()) return suspend(draft, std::move(bars));
  if (!facts.verdict.whole) return take_partial_look(draft, facts);

  switch (facts.verdict.ruling) {
    case Ruling::idle:
      return rest(draft, Outcome::idle);
    case Ruling::in_sync:
      return rest(draft, Outcome::in_sync);
    case Ruling::forbid:
      draft.next.retry.reset();
      if (draft.next.approval && is_refused_by_policy_alone(facts))
        return take_approved(draft, facts);
      return refuse(draft);
    case Ruling::incomplete:
    case Ruling::inconsistent:
      return take_failed_look(draft, facts);
    case Ruling::permit:
      draft.next.retry.reset();
      return take_permitted(draft, facts);
  }
}

Queueing choose_queueing(const Case& next, const Facts& facts) {
  if (next.outcome == Outcome::accept) return queue_accepted(facts);
  if (next.csync.outcome == Outcome::accept) return queue_csync(facts, next.csync);
  if (!is_source_behind(facts) && must_restore(next, facts.policy, facts.now)) {
    return queue_restore(facts, next.lowered_ttl->normal);
  }
  return queue_nothing(facts);
}

std::string queued_summary(const Change& change) {
  if (change.name_servers) return "A change of name servers or glue was queued.";
  return change.is_ttl_only() ? "The restoration of the DS TTL was queued."
                              : "A change of the DS set was queued.";
}

// Outbox and case must say the same when this step is written.
void apply_queueing(Step& step, Draft& draft, const Facts& facts) {
  Queueing queueing = choose_queueing(draft.next, facts);
  const bool is_of_csync =
      draft.next.outcome != Outcome::accept && draft.next.csync.outcome == Outcome::accept;
  std::vector<Finding>& findings = is_of_csync ? draft.next.csync.findings : draft.next.findings;
  if (queueing.finding) findings.push_back(*std::move(queueing.finding));
  if (queueing.ready_at) {
    (is_of_csync ? draft.next.csync.ready_at : draft.next.ready_at) = queueing.ready_at;
  }
  for (const std::optional<Change>* change :
       {&queueing.superseded, &queueing.refreshed, &queueing.queue}) {
    if (!*change) continue;
    draft.next.change = **change;
    step.changes.push_back(**change);
  }
  if (queueing.refreshed) draft.keep_finding(facts.before, FindingCode::breaker_open);
  step.supersede_queued = queueing.superseded.has_value();
  step.queue = std::move(queueing.queue);
  if (step.supersede_queued) {
    step.events.push_back(
        change_event(step.changes.front(), "The queued change was superseded.", facts.now));
  }
  // The evidence of what it rests on now hangs on this event.
  if (queueing.refreshed) {
    step.events.push_back(change_event(
        *queueing.refreshed, "The queued change was judged again and stands.", facts.now));
  }
  if (step.queue) {
    step.events.push_back(change_event(*step.queue, queued_summary(*step.queue), facts.now));
  }
}

}  // namespace

Step advance(const std::optional<Case>& before, const Delegation& delegation,
             const Verdict& verdict, const std::optional<Change>& open_change, const Policy& policy,
             unsigned vantages_configured, Time now) {
  const Facts facts{before, delegation, verdict, open_change, policy, vantages_configured, now};
  Draft draft = open_draft(facts);
  carry_approval(draft, facts);
  decide(draft, facts);
  take_csync(draft, facts);
  if (is_approvable(draft.next)) {
    draft.note(Finding{FindingCode::approval_helps, {}, {draft.next.request_id}});
  }
  draft.next.watermark = next_watermark(draft.next.watermark, verdict);

  Step step;
  apply_queueing(step, draft, facts);
  sort_findings(draft.next.findings);
  sort_findings(draft.next.csync.findings);
  draft.next.conditions = next_conditions(draft.next, now);
  step.next = std::move(draft.next);

  std::vector<Event> first;
  if (was_changed_out_of_band(facts)) first.push_back(out_of_band_event(facts));
  const bool is_news = is_transition(before, step.next);
  const bool is_csync_news = is_csync_transition(before, step.next);
  if (draft.is_look_counted || is_news || is_csync_news) {
    std::string details = event_details(facts, step.next);
    if (draft.is_look_counted) first.push_back(look_event(facts, step.next, details));
    if (is_csync_news) first.push_back(csync_transition_event(facts, step.next, details));
    if (is_news) first.push_back(transition_event(facts, step.next, std::move(details)));
  }
  step.events.insert(step.events.begin(), first.begin(), first.end());
  step.is_worth_storing = is_worth_storing(before, step.next);
  return step;
}

}  // namespace dskeeper::keeper
