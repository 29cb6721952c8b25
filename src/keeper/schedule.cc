#include "keeper/schedule.h"

#include <algorithm>
#include <cstdint>

#include "keeper/hold.h"

namespace dskeeper::keeper {
namespace {

constexpr Duration pause_min = std::chrono::seconds(1);

// FNV-1a: the same on every machine and in every release, so that a restart changes nobody's turn.
std::uint64_t hash_of(const dns::Name& name) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const std::uint8_t octet : name.wire()) hash = (hash ^ octet) * 0x100000001b3U;
  return hash;
}

}  // namespace

std::optional<Time> due_at(const Case& value, const Policy& policy) {
  if (value.absent_since) return std::nullopt;
  std::optional<Time> ready_at = value.ready_at;
  if (value.hold && value.outcome == Outcome::hold) {
    const Time planned = value.hold->last_counted_at + hold_gaps(policy).planned;
    // A look that could not count (too few vantage points) is not repeated at once.
    const Time next = std::max(planned, value.at + hold_gaps(policy).min);
    ready_at = ready_at ? std::min(*ready_at, next) : next;
  }
  if (const auto& other = value.csync.ready_at; other && (!ready_at || *other < *ready_at)) {
    ready_at = other;
  }
  // Never at once again, so that a loop over what is due always ends.
  if (!ready_at || *ready_at > value.at) return ready_at;
  return value.at + pause_min;
}

bool needs_deep_look(const dns::Name& child, Duration deep_interval, Time last_pass, Time now) {
  if (deep_interval <= Duration::zero() || now <= last_pass) return false;
  const auto length = static_cast<std::uint64_t>(deep_interval.count());
  const std::uint64_t offset = length - hash_of(child) % length;
  const auto interval_of = [&](Time time) {
    return (static_cast<std::uint64_t>(time.time_since_epoch().count()) + offset) / length;
  };
  return interval_of(now) > interval_of(last_pass);
}

bool needs_full_look(const std::optional<Case>& value) {
  const auto is_open = [](Outcome outcome) {
    return !is_at_rest(outcome) && outcome != Outcome::suspended;
  };
  return value && (is_open(value->outcome) || is_open(value->csync.outcome));
}

}  // namespace dskeeper::keeper
