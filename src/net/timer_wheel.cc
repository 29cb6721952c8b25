#include "net/timer_wheel.h"

#include <algorithm>

namespace dskeeper::net {
namespace {

std::uint64_t ticks_up(Moment::duration span) {
  constexpr Moment::duration tick = TimerWheel::tick;
  const auto ticks = (span + tick - Moment::duration(1)) / tick;
  return ticks > 0 ? static_cast<std::uint64_t>(ticks) : 0;
}

}  // namespace

TimerWheel::~TimerWheel() {
  for (List& list : slots_) {
    while (!list.empty()) disarm(list.front());
  }
}

void TimerWheel::arm(Entry& entry, Moment due) {
  disarm(entry);
  // What is due already fires at the next tick, never inside this call.
  entry.due_ = std::max(ticks_up(due - start_), now_ + 1);
  entry.wheel_ = this;
  ++armed_;
  slot(entry.due_).push_back(entry);
}

void TimerWheel::disarm(Entry& entry) {
  if (entry.wheel_ == nullptr) return;
  entry.wheel_ = nullptr;
  entry.unlink();
  --armed_;
}

void TimerWheel::fire(List& due, std::uint64_t now) {
  while (!due.empty()) {
    Entry& entry = due.front();
    entry.unlink();
    if (entry.due_ > now) {
      slot(entry.due_).push_back(entry);
      continue;
    }
    entry.wheel_ = nullptr;
    --armed_;
    entry.expired();
  }
}

void TimerWheel::advance(Moment now) {
  const auto target = static_cast<std::uint64_t>(std::max<Moment::rep>(0, (now - start_) / tick));
  if (target <= now_) return;
  // After a long pause each slot is looked at once, not once for every tick that went by.
  const std::uint64_t first = target - std::min<std::uint64_t>(target - now_, slot_count) + 1;
  now_ = target;
  for (std::uint64_t at = first; at <= target; ++at) {
    List due;
    due.swap(slot(at));
    fire(due, target);
  }
}

}  // namespace dskeeper::net
