#include "cli/wanted_looks.h"

#include <utility>

namespace dskeeper::cli {

bool WantedLooks::want(const dns::Name& child, Channel channel) {
  if (children_.contains(child)) return true;
  if (waiting_.size() >= waiting_max) return false;
  children_.insert(child);
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
    batch.children.push_back(std::move(wanted.child));
  }
  waiting_ = std::move(left);
  return batch;
}

}  // namespace dskeeper::cli
