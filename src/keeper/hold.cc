#include "keeper/hold.h"

#include <fmt/core.h>

#include <algorithm>

namespace dskeeper::keeper {
namespace {

// An attacker who needs the servers for a moment each day must not find a whole day unwatched.
constexpr Duration gap_max = std::chrono::hours(36);

Hold start(const Verdict& verdict, Time now) {
  return Hold{verdict.request_id(), now, now, verdict.look, 1};
}

bool is_over(const Hold& hold, const Policy& policy, Time now) {
  return now >= hold.since + policy.hold && hold.looks >= policy.looks;
}

}  // namespace

HoldGaps hold_gaps(const Policy& policy) {
  const auto looks = static_cast<Duration::rep>(std::max(1U, policy.looks));
  HoldGaps gaps;
  gaps.max = std::min(gap_max, policy.hold / 2);
  // Long holds with few looks: the maximum rules, so that daily passes can always complete one.
  gaps.min = std::min(policy.hold / looks / 2, gaps.max / 2);
  gaps.planned = std::min((gaps.min + gaps.max) / 2, std::max(gaps.min, policy.hold / looks));
  return gaps;
}

HoldStep go_on(const std::optional<Hold>& before, const Verdict& verdict, const Policy& policy,
               Time now) {
  HoldStep step;
  const HoldGaps gaps = hold_gaps(policy);
  const Duration gap = before ? now - before->last_counted_at : Duration::zero();
  if (before && before->request_id != verdict.request_id()) {
    step.restarted_because = "the child asks for something else";
  } else if (before && gap > gaps.max) {
    step.restarted_because = fmt::format("no look succeeded from {} to {}",
                                         format_time(before->last_counted_at), format_time(now));
  }

  if (!before || !step.restarted_because.empty()) {
    step.hold = start(verdict, now);
    step.is_counted = true;
  } else {
    step.hold = *before;
    // Each look once, also where it is reported again after a restart of ours.
    step.is_counted = verdict.look > before->last_look && gap >= gaps.min;
    if (step.is_counted) {
      step.hold.last_counted_at = now;
      step.hold.last_look = verdict.look;
      ++step.hold.looks;
    }
  }
  step.is_over = is_over(step.hold, policy, now);
  return step;
}

bool survives(const Hold& hold, const Verdict& verdict) {
  if (verdict.ruling != Ruling::incomplete) return false;
  const bool nobody_answered = verdict.request == Request::none;
  return nobody_answered || verdict.request_id() == hold.request_id;
}

Time earliest_end(const Hold& hold, const Policy& policy) {
  const unsigned missing = policy.looks > hold.looks ? policy.looks - hold.looks : 0;
  const Duration counting = hold_gaps(policy).min * static_cast<Duration::rep>(missing);
  return std::max(hold.since + policy.hold, hold.last_counted_at + counting);
}

}  // namespace dskeeper::keeper
