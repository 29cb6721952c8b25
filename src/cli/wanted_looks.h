// Children that shall be looked at in full as soon as can be, since something outside says so: a
// NOTIFY (RFC 9859), a signal in a signaling zone (RFC 9615 §4.3).
//
// Who says so is not believed, it only makes us look. Each child waits once, in the order of
// asking, and no more of them than waiting_max, since strangers ask: who finds no room is seen by
// the next pass. One thread.
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
  // Taken at a time: those that come meanwhile wait for the last of them.
  static constexpr std::size_t batch_max = 1'000;

  struct Batch {
    Channel channel{};
    std::vector<dns::Name> children;
  };

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
};

}  // namespace dskeeper::cli
