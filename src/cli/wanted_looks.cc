#include "cli/wanted_looks.h"

#include <utility>

namespace dskeeper::cli {

// What visitors leave of their share stays theirs.
bool WantedLooks::has_room_for(Channel channel) const {
  if (channel == Channel::named) return visitors_ < visitors_max;
  return waiting_.size() - visitors_ < waiting_max - visitors_max;
}

bool WantedLooks::want(const dns::Name& child, Channel channel) {
  if (children_.contains(child)) return true;
  if (!has_room_for(channel)) return false;
  children_.insert(child);
  if (channel == Channel::named) ++visitors_;
  waiting_.push_back({child, channel});
  return true;
}

WantedLooks::Batch WantedLooks::take(const std::function<bool(const dns::Name&)>& can_begin) {
  Batch batch;
  std::deque<Wanted> left;
  for (Wanted& wanted : waiting_) {
    const bool is_of_batch = batch.children.empty() || wanted.channel == batch.channel;
    if (!is_of_batch || batch.children.size() >= batch_max || !can_begin(wanted.child)) {
      left.push_back(std::move(wanted));
      continue;
    }
    batch.channel = wanted.channel;
    children_.erase(wanted.child);
    if (wanted.channel == Channel::named) --visitors_;
    batch.children.push_back(std::move(wanted.child));
  }
  waiting_ = std::move(left);
  return batch;
}

}  // namespace dskeeper::cli
