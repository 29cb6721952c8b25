// Children that shall be looked at in full as soon as can be, since something outside says so: a
// NOTIFY (RFC 9859), a signal in a signaling zone (RFC 9615 §4.3), a visitor who wants it.
//
// Who says so is not believed, it only makes us look. Each child waits once, in the order of
// asking, and no more of them than waiting_max, since strangers ask: who finds no room is seen by
// the next pass. Visitors have a tenth of the room for themselves: whoever can ask from many
// addresses fills that, and NOTIFYs and signals find room all the same. One thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <unordered_set>
#include <vector>

#include "dns/name.h"
#include "model/journal.h"

namespace dskeeper::cli {

class WantedLooks {
 public:
  static constexpr std::size_t waiting_max = 100'000;
  static constexpr std::size_t visitors_max = waiting_max / 10;  // of those, by Channel::named
  // Taken at a time: those that come meanwhile wait for the last of them.
  static constexpr std::size_t batch_max = 1'000;

  struct Batch {
    Channel channel{};
    std::vector<dns::Name> children;
  };

  // For a child that does not wait yet.
  [[nodiscard]] bool has_room_for(Channel channel) const;
  // False where there is no room.
  bool want(const dns::Name& child, Channel channel);

  // The oldest, and others that came by the same channel. Those that cannot begin stay: a look that
  // is under way now may have seen what was before they were asked for.
  [[nodiscard]] Batch take(const std::function<bool(const dns::Name&)>& can_begin);

  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

 private:
  struct Wanted {
    dns::Name child;
    Channel channel{};
  };
  std::deque<Wanted> waiting_;
  std::unordered_set<dns::Name> children_;
  std::size_t visitors_ = 0;  // of those that wait, by Channel::named
};

}  // namespace dskeeper::cli
