#include "keeper/taking.h"

#include <utility>
#include <vector>

#include "keeper/approval.h"
#include "keeper/events.h"
#include "keeper/hold.h"
#include "keeper/quorum.h"
#include "keeper/retry.h"
#include "keeper/watermark.h"

namespace dskeeper::keeper {
namespace {

// Without what was true at that moment only.
std::vector<Finding> lasting(std::vector<Finding> findings) {
  std::erase_if(findings, [](const Finding& finding) {
    return is_momentary(finding.code) || finding.code == FindingCode::source_behind;
  });
  return findings;
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
    if (draft.next.delegation.registration.bootstrap == false) {
      return Finding{FindingCode::bootstrap_barred, {}, {}};
    }
    if (!facts.verdict.is_authenticated && !facts.policy.offers(BootstrapMethod::delay) &&
        !draft.next.approval) {
      return Finding{FindingCode::bootstrap_off, {}, {facts.policy.name}};
    }
  }
  if (request == Request::remove && !facts.policy.accept_delete) {
    return Finding{FindingCode::delete_off, {}, {facts.policy.name}};
  }
  return find_replay(draft.next.watermark, facts.verdict);
}

// Whoever answers otherwise resets a hold, from whichever vantage point that is seen.
void end_contradicted_hold(Draft& draft, const Facts& facts) {
  if (!draft.next.hold || draft.next.hold->request_id == facts.verdict.request_id()) return;
  draft.end_hold();
  if (draft.hold_reset_because.empty()) {
    draft.hold_reset_because = "the child asks for something else";
  }
}

}  // namespace

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

void suspend(Draft& draft, std::vector<Finding> bars) {
  for (Finding& bar : bars) draft.note(std::move(bar));
  draft.settle(Outcome::suspended);
  draft.end_hold();
  draft.next.retry.reset();
}

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

void take_partial_look(Draft& draft, const Facts& facts) {
  const bool was_asked = facts.before && facts.before->request != Request::none;
  const bool is_status_quo =
      facts.verdict.ruling == Ruling::idle || facts.verdict.ruling == Ruling::in_sync;
  const bool was_at_rest = facts.before && is_at_rest(facts.before->outcome);
  if (was_at_rest || was_asked) draft.next.findings = lasting(facts.before->findings);
  if (is_status_quo && !was_asked) {
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

void take_permitted(Draft& draft, const Facts& facts) {
  if (auto objection = find_objection(draft, facts)) {
    draft.note(*std::move(objection));
    refuse(draft);
    return;
  }
  if (!draft.next.first_valid_at) draft.next.first_valid_at = facts.now;
  draft.next.last_valid_at = facts.now;
  draft.next.ds = facts.verdict.ds;
  end_contradicted_hold(draft, facts);
  if (const std::optional<Approval>& approval = draft.next.approval) {
    draft.note(approved(*approval));
    draft.end_hold();
    draft.settle(Outcome::accept);
    return;
  }
  if (auto missing = find_missing_vantages(facts)) {
    // Such a look does not count, and tells nothing against the request that it saw.
    draft.note(*std::move(missing));
    draft.note_reset();
    draft.settle(Outcome::hold);
    return;
  }
  // RFC 9615 §2: what is authenticated needs no waiting, also where a hold was running.
  const bool must_hold =
      facts.verdict.request == Request::bootstrap && !facts.verdict.is_authenticated;
  if (!must_hold) draft.end_hold();
  if (must_hold && !hold_on(draft, facts)) return;
  draft.settle(Outcome::accept);
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
    draft.hold_reset_because = "a name server answered otherwise";
    draft.note_reset();
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
      drop_silence(draft.next.findings);
      take_permitted(draft, facts);
      return;
  }
}

}  // namespace dskeeper::keeper
