#include "keeper/schedule.h"

#include <algorithm>

#include "keeper/hold.h"

namespace dskeeper::keeper {
namespace {

constexpr Duration pause_min = std::chrono::seconds(1);

}  // namespace

Time due_at(Duration interval, Time last_look, const std::optional<Time>& ready_at) {
  const Time regular = last_look + interval;
  if (!ready_at || *ready_at >= regular) return regular;
  return *ready_at > last_look ? *ready_at : last_look + std::min(pause_min, interval);
}

Time due_at(const Case& value, const Policy& policy, Duration interval) {
  std::optional<Time> ready_at = value.ready_at;
  if (value.hold && value.outcome == Outcome::hold) {
    const Time planned = value.hold->last_counted_at + hold_gaps(policy).planned;
    // A look that could not count (too few vantage points) is not repeated at once.
    const Time next = std::max(planned, value.at + hold_gaps(policy).min);
    ready_at = ready_at ? std::min(*ready_at, next) : next;
  }
  return due_at(interval, value.at, ready_at);
}

bool needs_full_look(const std::optional<Case>& value) {
  return value && !is_at_rest(value->outcome) && value->outcome != Outcome::suspended;
}

}  // namespace dskeeper::keeper
