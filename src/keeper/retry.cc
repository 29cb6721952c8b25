#include "keeper/retry.h"

#include <algorithm>

namespace dskeeper::keeper {
namespace {

// The contract: bootstrap and delete are refused when a server has been silent for a day.
constexpr Duration patience = std::chrono::hours(24);

void count_silence(Retry& retry, const Facts& facts) {
  if (retry.silent != facts.verdict.silent) {
    retry.silent = facts.verdict.silent;
    retry.silent_since = facts.now;
    retry.silent_looks = 1;
  } else if (retry.silent_looks < facts.policy.unreachable.looks) {
    ++retry.silent_looks;  // no further, so that a dead child is not written at every pass
  }
}

Retry next_retry(const Facts& facts) {
  const Verdict& verdict = facts.verdict;
  if (!facts.before || !facts.before->retry) {
    return Retry{0, facts.now, verdict.look, verdict.silent, facts.now, 1};
  }
  Retry next = *facts.before->retry;
  if (verdict.look <= next.last_look) return next;
  // A look before its time, because someone named the child, uses up no retry.
  const bool was_due = !facts.before->ready_at || facts.now >= *facts.before->ready_at;
  if (was_due && next.attempts < facts.policy.retry.size()) ++next.attempts;
  count_silence(next, facts);
  if (next != *facts.before->retry) next.last_look = verdict.look;
  return next;
}

// standards.md §17-D: all retries made, over a day, in two looks; never for bootstrap or delete.
bool may_drop(const Retry& retry, const Facts& facts, Request request) {
  const auto& rule = facts.policy.unreachable;
  return request == Request::update && facts.verdict.ruling == Ruling::incomplete &&
         facts.verdict.only_silence_missing && facts.now - retry.silent_since >= rule.drop_after &&
         retry.silent_looks >= rule.looks;
}

bool must_give_up(const Retry& retry, const Facts& facts, Request request) {
  const Verdict& verdict = facts.verdict;
  if (verdict.ruling == Ruling::inconsistent) return true;
  if (request == Request::none) return false;  // nobody answers: there is nothing to refuse
  const bool is_only_silence = verdict.only_silence_missing || verdict.request == Request::none;
  if (!is_only_silence) return true;
  return request != Request::update && facts.now - retry.since >= patience;
}

}  // namespace

RetryStep retry_after(const Facts& facts, Request request) {
  RetryStep step;
  step.retry = next_retry(facts);
  const std::vector<Duration>& schedule = facts.policy.retry;
  if (step.retry.attempts < schedule.size()) {
    const bool has_moved = !facts.before || !facts.before->retry || !facts.before->ready_at ||
                           facts.before->retry->attempts != step.retry.attempts;
    step.ready_at = has_moved ? facts.now + schedule[step.retry.attempts] : *facts.before->ready_at;
  } else if (may_drop(step.retry, facts, request)) {
    step.then = AfterFailure::drop_silent;
    step.finding = Finding{
        FindingCode::server_dropped, facts.verdict.silent, {format_time(step.retry.silent_since)}};
  } else if (must_give_up(step.retry, facts, request)) {
    step.then = AfterFailure::give_up;
    step.finding = Finding{FindingCode::retries_exhausted,
                           {},
                           {format_time(step.retry.since), std::to_string(step.retry.attempts)}};
  }
  return step;
}

}  // namespace dskeeper::keeper
