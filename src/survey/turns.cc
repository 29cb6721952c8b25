#include "survey/turns.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace dskeeper::survey {
namespace {

// What an operator may have under way before anything is known of it, and how many of its children
// may wait at its servers afterwards, so that these do not run dry.
constexpr float spare = 4;
// Looks that wait less than this part of their time do not wait for the servers' rate.
constexpr float waiting_part = 1.0F / 8;
// How much one look counts in the average.
constexpr float newest_part = 1.0F / 8;
constexpr float milliseconds_guess = 200;
// As many children are under way as end at this rate, by how long a look takes: more than one
// processor can deal with in that time only push each other out of its caches, which was measured
// to cost a third of the CPU of a pass (docs/performance.md).
constexpr float looks_a_millisecond = 5;
constexpr float places_least = 200;
constexpr float newest_part_of_all = 1.0F / 64;
// An operator's turns before another one has its own.
constexpr std::uint8_t in_a_row_max = 64;

float milliseconds_of(Duration duration) {
  return static_cast<float>(std::max<std::int64_t>(duration.count(), 0));
}

}  // namespace

Turns::Turns(const std::vector<std::uint32_t>& operators, std::size_t places)
    : places_(std::max<std::size_t>(places, 1)), left_(operators.size()), order_(operators.size()) {
  CHECK(operators.size() <= UINT32_MAX);
  std::vector<std::uint32_t> group_of;  // by operator: first a count, then its group
  for (const std::uint32_t number : operators) {
    if (number >= group_of.size()) group_of.resize(std::size_t{number} + 1);
    ++group_of[number];
  }
  const auto is_several = [](std::uint32_t count) { return count > 1; };
  const auto several = std::count_if(group_of.begin(), group_of.end(), is_several);
  groups_ = std::vector<Group>(static_cast<std::size_t>(several) + 1);
  std::uint32_t used = 1;
  std::uint32_t begin = 0;
  for (std::uint32_t& count : group_of) {
    if (!is_several(count)) {
      groups_.front().end += count;
      count = 0;
      continue;
    }
    Group& group = groups_[used];
    group.next = group.end = begin;
    begin += count;
    count = used++;
  }
  groups_.front().next = groups_.front().end = begin;
  for (std::uint32_t child = 0; child < operators.size(); ++child) {
    order_[groups_[group_of[operators[child]]].end++] = child;
  }
  for (Group& group : groups_) {
    group.window = std::min(spare, static_cast<float>(places_));
    if (&group == &groups_.front()) group.window = static_cast<float>(places_);
    file(group);
  }
}

std::uint8_t Turns::urgency_of(const Group& group) {
  const float each = group.milliseconds > 0 ? group.milliseconds : milliseconds_guess;
  const float left = static_cast<float>(group.end - group.next) * each / group.window;
  return static_cast<std::uint8_t>(std::bit_width(static_cast<std::uint64_t>(left)));
}

// Puts the group where it belongs now; at the end of its list, if it is not there already.
void Turns::file(Group& group) {
  if (group.next == group.end || !group.has_room()) {
    group.unlink();
    return;
  }
  const std::uint8_t urgency = urgency_of(group);
  if (group.is_linked() && group.urgency == urgency) return;
  group.unlink();
  group.urgency = urgency;
  group.in_a_row = 0;
  ready_.at(urgency).push_back(group);
}

bool Turns::has_place() const {
  const float wanted = std::max(places_least, looks_a_millisecond * milliseconds_);
  return under_way_ < places_ && static_cast<float>(under_way_) < wanted;
}

std::optional<Turn> Turns::next() {
  if (!has_place()) return std::nullopt;
  const auto urgent =
      std::find_if(ready_.rbegin(), ready_.rend(), [](const List& list) { return !list.empty(); });
  if (urgent != ready_.rend()) {
    Group& group = urgent->front();
    const auto number = static_cast<std::uint32_t>(&group - groups_.data());
    const Turn turn{order_[group.next++], number, false};
    ++group.under_way;
    ++under_way_;
    --left_;
    if (++group.in_a_row == in_a_row_max) group.unlink();
    file(group);
    return turn;
  }
  if (left_ > 0 || postponed_.empty()) return std::nullopt;
  const Turn turn = postponed_.back();
  postponed_.pop_back();
  ++groups_[turn.group].under_way;
  ++under_way_;
  return turn;
}

void Turns::leave(const Turn& turn) {
  Group& group = groups_.at(turn.group);
  CHECK(group.under_way > 0);
  --group.under_way;
  --under_way_;
}

void Turns::end(const Turn& turn, const LookCost& cost) {
  learn(groups_.at(turn.group), cost);
  end(turn);
}

void Turns::end(const Turn& turn) {
  leave(turn);
  file(groups_.at(turn.group));
}

void Turns::postpone(const Turn& turn) {
  CHECK(!turn.is_last);
  end(turn);
  postponed_.push_back({turn.child, turn.group, true});
}

void Turns::learn(Group& group, const LookCost& cost) {
  const float took = std::max(milliseconds_of(cost.took), 1.0F);
  const float waited = std::min(milliseconds_of(cost.waited) / took, 1.0F);
  milliseconds_ += (took - milliseconds_) * newest_part_of_all;
  group.milliseconds = group.milliseconds > 0
                           ? group.milliseconds + (took - group.milliseconds) * newest_part
                           : took;
  // Each look moves the window by its part of it, so that the looks of one window move it once.
  if (waited >= waiting_part) {
    group.window += (spare - waited * group.window) / group.window;
  } else if (static_cast<float>(group.under_way) * 2 >= group.window) {
    group.window += 1;  // which is fast; not where hardly any use was made of it
  }
  const bool is_alone = &group == &groups_.front();
  const float most = std::max(1.0F, static_cast<float>(places_) / (is_alone ? 1 : 2));
  group.window = std::clamp(group.window, 1.0F, most);
}

}  // namespace dskeeper::survey
