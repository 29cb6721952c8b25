#include "keeper/approval.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "keeper/continuity.h"
#include "keeper/source_lag.h"

namespace dskeeper::keeper {
namespace {

// Nothing else stands in the way.
bool has_no_error_but_policy(const std::vector<Finding>& findings) {
  bool is_off = false;
  for (const Finding& finding : findings) {
    if (finding.code == FindingCode::bootstrap_off) {
      is_off = true;
    } else if (finding.code == FindingCode::signal_missing ||
               finding.code == FindingCode::signals_impossible) {
      // Without signals (RFC 9615) it is the policy that asks for them; what they say otherwise, or
      // do not prove, is more than that.
      continue;
    } else if (finding.severity() == Severity::error) {
      return false;
    }
  }
  return is_off;
}

// A look that says nothing about what is asked now.
bool says_nothing(const Facts& facts) {
  const Verdict& verdict = facts.verdict;
  if (!verdict.whole || is_source_behind(facts)) return true;
  return verdict.ruling == Ruling::incomplete && verdict.request == Request::none;
}

std::optional<std::string> why_ended(const Approval& approval, const Facts& facts) {
  if (is_over(approval, facts)) return "its time is over";
  if (auto disturbance = find_disturbance(*facts.before, facts.delegation)) return disturbance;
  if (says_nothing(facts)) return std::nullopt;
  if (facts.verdict.ruling == Ruling::inconsistent) return "the name servers contradict each other";
  if (facts.verdict.request_id() != approval.request_id) return "the child asks for something else";
  if (facts.verdict.ruling == Ruling::forbid && !is_refused_by_policy_alone(facts)) {
    return "a rule forbids the request by now";
  }
  return std::nullopt;
}

// What was approved has been done.
bool is_used_up(const Approval& approval, const Facts& facts) {
  const Change* latest = facts.latest_change();
  return latest != nullptr && latest->request_id == approval.request_id &&
         latest->state == ChangeState::confirmed && latest->queued_at >= approval.at;
}

}  // namespace

bool is_over(const Approval& approval, const Facts& facts) {
  return facts.now - approval.at >= facts.policy.approval_expires;
}

Finding approved(const Approval& approval) {
  return {FindingCode::approved, {}, {approval.actor, format_time(approval.at)}};
}

Finding approval_ended(const Approval& approval, std::string because) {
  return {FindingCode::approval_ended,
          {},
          {approval.actor, format_time(approval.at), std::move(because)}};
}

bool is_approvable(const Case& value) {
  if (value.request_id.empty()) return false;
  if (value.outcome == Outcome::hold) return true;
  return value.outcome == Outcome::refuse && value.request == Request::bootstrap &&
         value.delegation.registration.bootstrap != false &&
         has_no_error_but_policy(value.findings);
}

bool is_refused_by_policy_alone(const Facts& facts) {
  const Verdict& verdict = facts.verdict;
  return verdict.whole && verdict.ruling == Ruling::forbid &&
         verdict.request == Request::bootstrap && !verdict.ds.empty() &&
         has_no_error_but_policy(verdict.findings);
}

void carry_approval(Draft& draft, const Facts& facts) {
  if (!facts.before || !facts.before->approval) return;
  const Approval& approval = *facts.before->approval;
  if (is_used_up(approval, facts)) return;
  if (const auto because = why_ended(approval, facts)) {
    draft.note(approval_ended(approval, *because));
    return;
  }
  draft.next.approval = approval;
}

}  // namespace dskeeper::keeper
