#include "keeper/retry.h"

#include <algorithm>

namespace dskeeper::keeper {
namespace {

// The contract: bootstrap and delete are refused when a server has been silent for a day.
constexpr Duration patience = std::chrono::hours(24);

Trouble trouble_of(const Verdict& verdict) {
  if (verdict.ruling == Ruling::inconsistent) return Trouble::contradiction;
  const bool nobody_answered = verdict.request == Request::none;
  const bool is_silence =
      verdict.only_silence_missing || verdict.only_unheard_missing || nobody_answered;
  return is_silence ? Trouble::silence : Trouble::missing;
}

// Looks are counted no further than the policy asks, so that a dead child is not written at every
// pass. A server that was not asked has neither been silent nor come back.
std::vector<SilentServer> next_silent(const std::vector<SilentServer>& before, const Facts& facts) {
  std::vector<SilentServer> out;
  for (const ServerAddress& server : facts.verdict.silent) {
    const auto known = std::find_if(before.begin(), before.end(), [&](const SilentServer& other) {
      return other.server == server;
    });
    if (known == before.end()) {
      out.push_back({server, facts.now, 1});
    } else {
      out.push_back(*known);
      if (out.back().looks < facts.policy.unreachable.looks) ++out.back().looks;
    }
  }
  for (const SilentServer& known : before) {
    if (std::binary_search(facts.verdict.passed_over.begin(), facts.verdict.passed_over.end(),
                           known.server)) {
      out.push_back(known);
    }
  }
  return out;
}

Retries* find(std::vector<Retries>& troubles, Trouble trouble) {
  const auto found = std::find_if(troubles.begin(), troubles.end(), [&](const Retries& retries) {
    return retries.trouble == trouble;
  });
  return found == troubles.end() ? nullptr : &*found;
}

// A look before its time, because someone named the child, uses up no retry.
bool was_due(const Facts& facts) {
  return !facts.before->ready_at || facts.now >= *facts.before->ready_at;
}

bool is_reported_again(const Facts& facts) {
  return facts.before && facts.before->retry &&
         facts.verdict.look <= facts.before->retry->last_look;
}

Retry next_retry(const Facts& facts) {
  const bool is_first = !facts.before || !facts.before->retry;
  const Retry before = is_first ? Retry{} : *facts.before->retry;
  if (is_reported_again(facts)) return before;
  Retry next = before;
  next.current = trouble_of(facts.verdict);
  if (Retries* known = find(next.troubles, next.current); known == nullptr) {
    next.troubles.push_back({next.current, 0, facts.now});
  } else {
    if (before.current != next.current) known->since = facts.now;
    if (was_due(facts) && known->attempts < facts.policy.retry.size()) ++known->attempts;
  }
  next.silent = next_silent(before.silent, facts);
  if (is_first || next != before) next.last_look = facts.verdict.look;
  return next;
}

// standards.md §17-D: all retries made, over a day, in two looks; never for bootstrap or delete.
bool may_drop(const Retry& retry, const Facts& facts, Request request) {
  const auto& rule = facts.policy.unreachable;
  if (request != Request::update || facts.verdict.ruling != Ruling::incomplete ||
      !facts.verdict.only_silence_missing) {
    return false;
  }
  return std::all_of(retry.silent.begin(), retry.silent.end(), [&](const SilentServer& server) {
    return facts.now - server.since >= rule.drop_after && server.looks >= rule.looks;
  });
}

// How long the patience with silence has lasted: as long as some server has been silent all along.
Time silent_since(const Retry& retry, const Retries& retries) {
  if (retry.silent.empty()) return retries.since;
  return std::min_element(
             retry.silent.begin(), retry.silent.end(),
             [](const SilentServer& a, const SilentServer& b) { return a.since < b.since; })
      ->since;
}

// Since when all of those that are left out have been silent.
Time dropped_since(const Retry& retry) {
  Time latest;
  for (const SilentServer& server : retry.silent) latest = std::max(latest, server.since);
  return latest;
}

bool must_give_up(const Retry& retry, const Retries& retries, const Facts& facts, Request request) {
  if (retries.trouble == Trouble::contradiction) return true;
  if (request == Request::none) return false;  // nobody answers: there is nothing to refuse
  if (retries.trouble == Trouble::missing) return true;
  if (!facts.verdict.passed_over.empty()) return false;  // we have not asked them all
  return request != Request::update && facts.now - silent_since(retry, retries) >= patience;
}

// When it is asked again while the schedule lasts. A look before its time leaves it as it was.
Time next_try(const Retries& retries, const Facts& facts) {
  const bool is_running = facts.before && facts.before->retry && facts.before->ready_at;
  if (is_running && (!was_due(facts) || is_reported_again(facts))) return *facts.before->ready_at;
  return facts.now + facts.policy.retry[retries.attempts];
}

}  // namespace

RetryStep retry_after(const Facts& facts, Request request) {
  RetryStep step;
  step.retry = next_retry(facts);
  const Retries& retries = *find(step.retry.troubles, step.retry.current);
  if (retries.attempts < facts.policy.retry.size()) {
    step.ready_at = next_try(retries, facts);
  } else if (may_drop(step.retry, facts, request)) {
    step.then = AfterFailure::drop_silent;
    step.finding = Finding{FindingCode::server_dropped,
                           facts.verdict.silent,
                           {format_time(dropped_since(step.retry))}};
  } else if (must_give_up(step.retry, retries, facts, request)) {
    step.then = AfterFailure::give_up;
    step.finding = Finding{FindingCode::retries_exhausted,
                           {},
                           {format_time(retries.since), std::to_string(retries.attempts)}};
  }
  return step;
}

void drop_silence(std::vector<Finding>& findings) {
  std::erase_if(findings, [](const Finding& finding) {
    return finding.code == FindingCode::server_silent ||
           finding.code == FindingCode::server_without_address;
  });
}

}  // namespace dskeeper::keeper
