#include "keeper/advance.h"

#include <algorithm>
#include <utility>

#include "keeper/continuity.h"
#include "keeper/events.h"
#include "keeper/facts.h"
#include "keeper/hold.h"
#include "keeper/outbox.h"
#include "keeper/queueing.h"
#include "keeper/quorum.h"
#include "keeper/retry.h"
#include "keeper/source_lag.h"
#include "keeper/suspension.h"
#include "keeper/watermark.h"

namespace dskeeper::keeper {
namespace {

// The next case while it is being decided upon.
struct Draft {
  Case next;
  std::string hold_reset_because;  // the delegation changed under it
  bool is_look_counted = false;

  void note(Finding finding) { next.findings.push_back(std::move(finding)); }
  void note(std::optional<Finding> finding) {
    if (finding) note(*std::move(finding));
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
Draft open_draft(const Facts& facts) {
  Draft draft;
  Case& next = draft.next;
  if (facts.before) {
    const Continuity continuity = compare(*facts.before, facts.delegation);
    next.change = facts.before->change;
    if (continuity == Continuity::same) {
      next.retry = facts.before->retry;
      next.watermark = facts.before->watermark;
      next.hold = facts.before->hold;
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
  next.delegation = facts.delegation;
  next.request = facts.verdict.request;
  next.request_id = facts.verdict.request_id();
  next.findings = facts.verdict.findings;
  next.suspension = next_suspension(facts);
  return draft;
}

// Nothing is asked, or what is asked stands.
void rest(Draft& draft, Outcome outcome) {
  draft.settle(outcome);
  draft.next.request = Request::none;
  draft.next.request_id.clear();
  draft.end_hold();
  draft.next.retry.reset();
  draft.forget_validity();
}

void refuse(Draft& draft) {
  draft.settle(Outcome::refuse);
  draft.end_hold();
  draft.forget_validity();
}

// design.md, "The source can lag or lie": what was judged rests on a state that is past.
void wait_for_source(Draft& draft, const Facts& facts) {
  const Change& change = *facts.latest_change();
  const Verdict& verdict = facts.verdict;
  const bool asks_what_stands = verdict.ruling == Ruling::permit && verdict.ds == change.after;
  if (asks_what_stands || verdict.ruling == Ruling::in_sync) {
    rest(draft, change.after.empty() ? Outcome::idle : Outcome::in_sync);
  } else if (verdict.ruling == Ruling::idle) {
    rest(draft, Outcome::idle);
  } else {
    draft.settle(Outcome::retry);
    draft.end_hold();
  }
  // Else the next state could not be told from what was known before.
  if (facts.before) draft.next.delegation = facts.before->delegation;
  draft.next.findings.clear();
  draft.note(Finding{FindingCode::source_behind, {}, {format_time(change.at())}});
}

// Without what was true at that moment only.
std::vector<Finding> lasting(std::vector<Finding> findings) {
  std::erase_if(findings, [](const Finding& finding) {
    return is_momentary(finding.code) || finding.code == FindingCode::source_behind;
  });
  return findings;
}

// A look that ended early only blocks: it decides no open request, and clears no finding.
void take_partial_look(Draft& draft, const Facts& facts) {
  const bool was_asked = facts.before && facts.before->request != Request::none;
  const bool is_at_rest =
      facts.verdict.ruling == Ruling::idle || facts.verdict.ruling == Ruling::in_sync;
  const bool was_at_rest = facts.before && dskeeper::is_at_rest(facts.before->outcome);
  if (was_at_rest || was_asked) draft.next.findings = lasting(facts.before->findings);
  if (is_at_rest && !was_asked) {
    rest(draft, facts.verdict.ruling == Ruling::idle ? Outcome::idle : Outcome::in_sync);
    return;
  }
  if (was_asked) {
    draft.next.request = facts.before->request;
    draft.next.request_id = facts.before->request_id;
  }
  draft.end_hold();
  draft.forget_validity();
  draft.settle(Outcome::retry, facts.now);
}

// RFC 8078 §3.3. True when it is over and the request may be accepted.
bool hold_on(Draft& draft, const Facts& facts) {
  HoldStep step = go_on(draft.next.hold, facts.verdict, facts.policy, facts.now);
  const std::string& because =
      draft.hold_reset_because.empty() ? step.restarted_because : draft.hold_reset_because;
  if (!because.empty()) {
    draft.note(Finding{FindingCode::hold_restarted, {}, {because}});
    draft.next.first_valid_at = facts.now;
  }
  draft.next.hold = step.hold;
  draft.is_look_counted = step.is_counted;
  if (step.is_over) return true;

  const Time end = earliest_end(step.hold, facts.policy);
  draft.note(Finding{
      FindingCode::hold_running,
      {},
      {format_time(end), std::to_string(step.hold.looks), std::to_string(facts.policy.looks)}});
  draft.settle(Outcome::hold, end);
  return false;
}

// What forbids a request although the rules permit what it asks for.
std::optional<Finding> find_objection(const Draft& draft, const Facts& facts) {
  const Request request = facts.verdict.request;
  if (request == Request::bootstrap) {
    // RFC 10026 §7.1.5: a MUST NOT where the registrar offers no way out of DNSSEC.
    if (facts.delegation.registration.bootstrap == false) {
      return Finding{FindingCode::bootstrap_barred, {}, {}};
    }
    if (!facts.policy.offers(BootstrapMethod::delay)) {
      return Finding{FindingCode::bootstrap_off, {}, {facts.policy.name}};
    }
  }
  if (request == Request::remove && !facts.policy.accept_delete) {
    return Finding{FindingCode::delete_off, {}, {facts.policy.name}};
  }
  return find_replay(draft.next.watermark, facts.verdict);
}

void take_permitted(Draft& draft, const Facts& facts) {
  if (auto objection = find_objection(draft, facts)) {
    draft.note(*std::move(objection));
    refuse(draft);
    return;
  }
  if (!draft.next.first_valid_at) draft.next.first_valid_at = facts.now;
  draft.next.last_valid_at = facts.now;
  draft.next.ds = facts.verdict.ds;
  if (auto missing = find_missing_vantages(facts)) {
    // Such a look does not count, and tells nothing against the request either.
    draft.note(*std::move(missing));
    draft.settle(Outcome::hold);
    return;
  }
  if (facts.verdict.request == Request::bootstrap && !hold_on(draft, facts)) return;
  draft.settle(Outcome::accept);
}

// Going on without silent servers makes what was said about them no obstacle any more.
void drop_silence_findings(std::vector<Finding>& findings) {
  std::erase_if(findings, [](const Finding& finding) {
    return finding.code == FindingCode::server_silent ||
           finding.code == FindingCode::server_without_address;
  });
}

void take_failed_look(Draft& draft, const Facts& facts) {
  // Where nobody answered, what was asked before is still what is known.
  const bool nobody_answered =
      facts.verdict.ruling == Ruling::incomplete && facts.verdict.request == Request::none;
  if (nobody_answered && facts.before && !is_at_rest(facts.before->outcome)) {
    draft.next.request = facts.before->request;
    draft.next.request_id = facts.before->request_id;
    draft.next.first_valid_at = facts.before->first_valid_at;
    draft.next.last_valid_at = facts.before->last_valid_at;
  }
  if (draft.next.hold && !survives(*draft.next.hold, facts.verdict)) {
    draft.end_hold();
    draft.note(Finding{FindingCode::hold_restarted, {}, {"a name server answered otherwise"}});
  }
  if (facts.verdict.ruling == Ruling::inconsistent) draft.forget_validity();

  RetryStep step = retry_after(facts, draft.next.request);
  draft.next.retry = step.retry;
  draft.note(std::move(step.finding));
  switch (step.then) {
    case AfterFailure::ask_again:
      draft.settle(Outcome::retry, step.ready_at);
      return;
    case AfterFailure::give_up:
      draft.settle(Outcome::refuse);
      return;
    case AfterFailure::drop_silent:
      drop_silence_findings(draft.next.findings);
      take_permitted(draft, facts);
      return;
  }
}

// The order in which things are decided. Every look comes to exactly one outcome.
void decide(Draft& draft, const Facts& facts) {
  if (is_source_behind(facts)) return wait_for_source(draft, facts);

  std::vector<Finding> bars = find_bars(draft.next.suspension, facts.delegation, facts.policy);
  if (!bars.empty()) {
    for (Finding& bar : bars) draft.note(std::move(bar));
    draft.settle(Outcome::suspended);
    draft.end_hold();
    draft.next.retry.reset();
    return;
  }
  if (!facts.verdict.whole) return take_partial_look(draft, facts);

  switch (facts.verdict.ruling) {
    case Ruling::idle:
      return rest(draft, Outcome::idle);
    case Ruling::in_sync:
      return rest(draft, Outcome::in_sync);
    case Ruling::forbid:
      draft.next.retry.reset();
      return refuse(draft);
    case Ruling::incomplete:
    case Ruling::inconsistent:
      return take_failed_look(draft, facts);
    case Ruling::permit:
      draft.next.retry.reset();
      return take_permitted(draft, facts);
  }
}

// Outbox and case must say the same when this step is written.
void apply_queueing(Step& step, Draft& draft, const Facts& facts) {
  Queueing queueing =
      draft.next.outcome == Outcome::accept ? queue_accepted(facts) : queue_nothing(facts);
  draft.note(std::move(queueing.finding));
  if (queueing.ready_at) draft.next.ready_at = queueing.ready_at;
  if (facts.open_change) draft.next.change = facts.open_change;
  for (const std::optional<Change>* change :
       {&queueing.superseded, &queueing.refreshed, &queueing.queue}) {
    if (!*change) continue;
    draft.next.change = **change;
    step.changes.push_back(**change);
  }
  step.supersede_queued = queueing.superseded.has_value();
  step.queue = std::move(queueing.queue);
  if (step.supersede_queued) {
    step.events.push_back(
        change_event(step.changes.front(), "The queued change was superseded.", facts.now));
  }
  if (step.queue) {
    step.events.push_back(
        change_event(*step.queue, "A change of the DS set was queued.", facts.now));
  }
}

}  // namespace

Step advance(const std::optional<Case>& before, const Delegation& delegation,
             const Verdict& verdict, const std::optional<Change>& open_change, const Policy& policy,
             unsigned vantages_configured, Time now) {
  const Facts facts{before, delegation, verdict, open_change, policy, vantages_configured, now};
  Draft draft = open_draft(facts);
  decide(draft, facts);
  draft.next.watermark = next_watermark(draft.next.watermark, verdict);

  Step step;
  apply_queueing(step, draft, facts);
  sort_findings(draft.next.findings);
  step.next = std::move(draft.next);

  std::vector<Event> first;
  if (was_changed_out_of_band(facts)) first.push_back(out_of_band_event(facts));
  if (draft.is_look_counted) first.push_back(look_event(facts, step.next));
  if (is_transition(before, step.next)) first.push_back(transition_event(facts, step.next));
  step.events.insert(step.events.begin(), first.begin(), first.end());
  step.is_worth_storing = is_worth_storing(before, step.next);
  return step;
}

}  // namespace dskeeper::keeper
