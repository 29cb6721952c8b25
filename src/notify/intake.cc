#include "notify/intake.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dskeeper::notify {
namespace {

using Band = WaitingList::Band;

// A source's rate is counted over so long, and no postponement is longer than the second.
constexpr Duration source_burst = std::chrono::seconds(10);
constexpr Duration source_window = std::chrono::minutes(1);
// Modest is who sends no more than a message a second. By how many a source is ahead of that, and
// how many of its children wait: together at most so much in each band but the last.
constexpr std::array<unsigned, WaitingList::bands - 1> band_ends = {3, 10, 40};
constexpr unsigned modesty_ahead_max = 64;
// For each child of a source that waits so many places must be free when another of it comes
// (dynamic thresholds, as switches share a buffer).
constexpr std::size_t free_for_each = 8;
// What `rate` lets go at once.
constexpr Duration rate_burst = std::chrono::milliseconds(100);

unsigned seconds_of(Duration duration) {
  return static_cast<unsigned>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

void merge(Notice& notice, const Notification& notification) {
  notice.cds = notice.cds || notification.type == dns::RecordType::cds;
  notice.csync = notice.csync || notification.type == dns::RecordType::csync;
  if (notification.agent) notice.agent = notification.agent;
}

}  // namespace

// Waits in a list or for a moment, is looked at, or is only remembered until its window has ended.
struct Intake::Child final : WaitingList::Hook {
  Notice notice;
  std::optional<Asker> asker;  // while it waits
  Asker begun_for;             // whose turn the look is that began last
  std::uint64_t operator_key = 0;
  bool is_wanted = false;     // a look is to begin
  bool is_under_way = false;  // one has begun
  bool is_in_later = false;   // at `begin_at`
  Time begin_at;              // no look before that
  Time window_end;            // of the look that began last
};

Intake::Intake(const IntakeLimits& limits, std::uint64_t seed)
    : limits_(limits),
      limit_(limits.source_rate, std::chrono::seconds(1),
             limits.source_rate * seconds_of(source_burst + source_window), seed),
      modesty_(1, std::chrono::seconds(1), modesty_ahead_max, ~seed),
      interval_(
          std::max(Duration(1), Duration(std::chrono::seconds(1)) / std::max(1U, limits.rate))) {}

Intake::~Intake() = default;

Band Intake::band_of(const Asker& asker, Time now) const {
  if (asker.is_relay) return 0;
  const auto waiting = waiting_of_.find(asker.source);
  const unsigned wanted =
      modesty_.ahead(asker.source, now) + (waiting == waiting_of_.end() ? 0 : waiting->second);
  const auto end = std::lower_bound(band_ends.begin(), band_ends.end(), wanted);
  return static_cast<Band>(end - band_ends.begin());
}

Band Intake::band_of(const WaitingList::Hook& hook, Time now) const {
  return band_of(*static_cast<const Child&>(hook).asker, now);
}

bool Intake::has_room(const Asker& asker) const {
  const bool can_be_forged = !asker.is_relay && !asker.source.is_tcp;
  const std::size_t room = can_be_forged ? limits_.waiting_max * 3 / 4 : limits_.waiting_max;
  if (waiting_ >= room) return false;
  const auto its = waiting_of_.find(asker.source);
  if (asker.is_relay || its == waiting_of_.end()) return true;
  return its->second * free_for_each < room - waiting_;
}

// Whose turn the child has from now on; nobody's once its look begins.
void Intake::assign(Child& child, const std::optional<Asker>& asker) {
  if (child.asker && !child.asker->is_relay) {
    const auto its = waiting_of_.find(child.asker->source);
    if (--its->second == 0) waiting_of_.erase(its);
  }
  if (asker && !asker->is_relay) ++waiting_of_[asker->source];
  child.asker = asker;
}

// The end of the source's window, where it has used it up.
Time Intake::may_begin_at(const Asker& asker, bool is_exempt, Time now) {
  if (asker.is_relay) return now;
  modesty_.count(asker.source, now);
  if (is_exempt) return now;
  const unsigned ahead = limit_.count(asker.source, now);
  const unsigned free = limits_.source_rate * seconds_of(source_burst);
  return ahead <= free ? now : now + limit_.time_of(ahead - free);
}

Intake::Taken Intake::take(const Notification& notification, const Sender& sender,
                           std::uint64_t operator_key, Time now) {
  const Asker asker{Source::of(sender.address, sender.is_tcp), sender.is_relay};
  const Time begin_at = may_begin_at(asker, sender.is_exempt, now);
  auto known = children_.find(notification.child);
  const bool is_new = known == children_.end() || !known->second->is_wanted;
  if (is_new && !has_room(asker)) return Taken::no_room;
  if (known == children_.end()) {
    known = children_.emplace(notification.child, std::make_unique<Child>()).first;
  }
  Child& child = *known->second;
  if (is_new) {
    if (!child.is_under_way) child.operator_key = operator_key;
    child.notice = {.child = notification.child,
                    .agent = std::nullopt,
                    .source = sender.address,
                    .received_at = now,
                    .messages = 0};
    want(child, asker, begin_at, now);
  } else {
    join(child, asker, begin_at, now);
  }
  ++child.notice.messages;
  merge(child.notice, notification);
  return is_new ? Taken::waits : Taken::joins;
}

void Intake::want(Child& child, const Asker& asker, Time begin_at, Time now) {
  assign(child, asker);
  child.is_wanted = true;
  ++waiting_;
  place(child, std::max(begin_at, std::min(child.window_end, now + limits_.child_interval)), now);
}

// It waits for whichever of its senders may have it looked at first.
void Intake::join(Child& child, const Asker& asker, Time begin_at, Time now) {
  begin_at = std::max(begin_at, std::min(child.window_end, now + limits_.child_interval));
  const bool is_sooner = begin_at < child.begin_at;
  const bool is_better = band_of(asker, now) < band_of(*child.asker, now);
  if (!is_sooner && !is_better) return;
  assign(child, asker);
  place(child, std::min(begin_at, child.begin_at), now);
}

// Where it has its turn next; nowhere while its look is under way, which end() comes back from.
void Intake::place(Child& child, Time begin_at, Time now) {
  if (child.is_in_later) later_.erase({child.begin_at, &child});
  child.is_in_later = false;
  child.begin_at = begin_at;
  if (child.is_waiting()) child.leave();
  if (child.is_under_way) return;
  if (child.is_wanted && begin_at <= now) {
    ready_.add(child, band_of(*child.asker, now));
    return;
  }
  child.is_in_later = true;
  later_.insert({begin_at, &child});
}

void Intake::wake_due(Time now) {
  while (!later_.empty() && later_.begin()->first <= now) {
    Child& child = *later_.begin()->second;
    if (child.is_wanted) {
      place(child, child.begin_at, now);
    } else {
      later_.erase(later_.begin());
      children_.erase(dns::Name(child.notice.child));
    }
  }
}

Intake::Child* Intake::take_ready(Time now) {
  const auto band = [&](const WaitingList::Hook& hook) { return band_of(hook, now); };
  while (WaitingList::Hook* hook = ready_.take(band)) {
    auto& child = static_cast<Child&>(*hook);
    Operator& its = operators_[child.operator_key];
    if (its.under_way < limits_.under_way_of_operator_max) return &child;
    its.parked.add(child, band(child));
  }
  return nullptr;
}

std::optional<Notice> Intake::next(Time now) {
  follow_clock(now);
  wake_due(now);
  if (under_way_ >= limits_.under_way_max) return std::nullopt;
  // After a clock was set back it would stand still.
  used_until_ = std::min(used_until_, now + rate_burst + interval_);
  if (used_until_ >= now + rate_burst) return std::nullopt;
  Child* const child = take_ready(now);
  if (child == nullptr) return std::nullopt;
  used_until_ = std::max(used_until_, now) + interval_;
  begin(*child, now);
  return child->notice;
}

void Intake::begin(Child& child, Time now) {
  child.begun_for = *child.asker;
  assign(child, std::nullopt);
  child.is_wanted = false;
  child.is_under_way = true;
  child.window_end = now + limits_.child_interval;
  --waiting_;
  ++under_way_;
  ++operators_[child.operator_key].under_way;
}

void Intake::end(const dns::Name& name, Time now) {
  const auto found = children_.find(name);
  if (found == children_.end() || !found->second->is_under_way) return;
  Child& child = *found->second;
  child.is_under_way = false;
  --under_way_;
  unpark(child.operator_key, now);
  place(child, child.is_wanted ? std::max(child.begin_at, child.window_end) : child.window_end,
        now);
}

void Intake::put_off(const Notice& notice, Time until) {
  const auto found = children_.find(notice.child);
  if (found == children_.end() || !found->second->is_under_way) return;
  Child& child = *found->second;
  child.begin_at = std::max(child.begin_at, until);
  if (!child.is_wanted) {
    child.is_wanted = true;
    ++waiting_;
    assign(child, child.begun_for);
    child.notice = notice;
    return;
  }
  // What came meanwhile says the same again; the first of them is the older one.
  const Notice later = std::exchange(child.notice, notice);
  child.notice.cds = notice.cds || later.cds;
  child.notice.csync = notice.csync || later.csync;
  child.notice.messages += later.messages;
  if (later.agent) child.notice.agent = later.agent;
}

std::vector<Intake::Kept> Intake::drain() {
  std::vector<Kept> out;
  for (auto& [name, child] : children_) {
    if (!child->is_wanted) continue;
    out.push_back({child->notice, child->asker->source, child->asker->is_relay});
  }
  later_.clear();
  children_.clear();
  operators_.clear();
  waiting_of_.clear();
  waiting_ = 0;
  under_way_ = 0;
  return out;
}

void Intake::restore(const Kept& kept, std::uint64_t operator_key, Time now) {
  std::unique_ptr<Child>& child = children_[kept.notice.child];
  if (child != nullptr && child->is_wanted) return;
  if (child == nullptr) child = std::make_unique<Child>();
  if (!child->is_under_way) child->operator_key = operator_key;
  child->notice = kept.notice;
  want(*child, {kept.source, kept.is_relay}, now, now);
}

// After a clock was set back what waits for a moment would wait for it too long.
void Intake::follow_clock(Time now) {
  const bool is_set_back = now < last_now_;
  last_now_ = now;
  if (!is_set_back) return;
  std::vector<Child*> late;
  for (const auto& [at, child] : later_) {
    if (at > now + source_window) late.push_back(child);
  }
  for (Child* const child : late) place(*child, now + source_window, now);
}

// One of the operator's looks has ended: another of its children may go.
void Intake::unpark(std::uint64_t operator_key, Time now) {
  const auto its = operators_.find(operator_key);
  --its->second.under_way;
  const auto band = [&](const WaitingList::Hook& hook) { return band_of(hook, now); };
  if (WaitingList::Hook* parked = its->second.parked.take(band)) {
    ready_.add(*parked, band(*parked));
  }
  if (its->second.under_way == 0 && its->second.parked.is_empty()) operators_.erase(its);
}

std::optional<Time> Intake::next_at(Time now) const {
  std::optional<Time> at;
  if (!ready_.is_empty() && under_way_ < limits_.under_way_max) {
    at = std::max(now, used_until_ - rate_burst + Duration(1));
  }
  if (!later_.empty()) at = std::min(at.value_or(Time::max()), later_.begin()->first);
  return at;
}

}  // namespace dskeeper::notify
