#include "net/backoff.h"

#include <algorithm>

namespace dskeeper::net {

unsigned Backoff::eighths(Moment now) const {
  if (eighths_ == full_pace || now < changed_at_) return eighths_;
  const auto steps = static_cast<std::uint64_t>((now - changed_at_) / recovery_step);
  return static_cast<unsigned>(std::min<std::uint64_t>(full_pace, eighths_ + steps));
}

bool Backoff::note(std::size_t child, Heard heard, Moment sent, Moment now) {
  if (sent < changed_at_) return false;  // at the earlier pace
  remember(static_cast<std::uint32_t>(child), heard);
  const std::size_t refusals = count(Heard::refusal);
  const std::size_t others = count(Heard::failure) + count(Heard::silence);
  if (known_ == children_heard && refusals * 2 < children_heard) ignores_refusals_ = false;
  const bool is_burst = others >= trouble_max ||
                        (!ignores_refusals_ && others + refusals >= trouble_with_refusals_max);
  if (!is_burst) return false;
  const unsigned pace = eighths(now);
  if (pace == 1 && others == 0) {
    ignores_refusals_ = true;
    set_pace(full_pace, now);
  } else {
    set_pace(std::max(1U, pace / 2), now);
  }
  return true;
}

void Backoff::set_pace(unsigned eighths, Moment now) {
  eighths_ = static_cast<std::uint8_t>(eighths);
  changed_at_ = now;
  known_ = 0;
}

// A child that was heard of lately is not another one.
void Backoff::remember(std::uint32_t child, Heard heard) {
  const auto end = children_.begin() + known_;
  const auto same =
      std::find_if(children_.begin(), end, [&](const Child& one) { return one.hash == child; });
  if (same != end) {
    same->worst = std::max(same->worst, heard);
    return;
  }
  if (known_ < children_heard) {
    next_ = known_++;
  } else {
    next_ = static_cast<std::uint8_t>((next_ + 1U) % children_heard);
  }
  children_.at(next_) = {child, heard};
}

std::size_t Backoff::count(Heard heard) const {
  const auto is_it = [&](const Child& one) { return one.worst == heard; };
  return static_cast<std::size_t>(
      std::count_if(children_.begin(), children_.begin() + known_, is_it));
}

}  // namespace dskeeper::net
