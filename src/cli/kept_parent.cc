#include "cli/kept_parent.h"

namespace dskeeper::cli {

boost::asio::awaitable<bool> KeptParent::look_at_notified(const Notice& notice) {
  co_return want_look(notice.child, Channel::notify);
}

KeptParent* parent_of(const std::vector<KeptParent*>& parents, const dns::Name& name) {
  KeptParent* best = nullptr;
  for (KeptParent* const parent : parents) {
    if (!name.is_below(parent->zone())) continue;
    if (best == nullptr || parent->zone().label_count() > best->zone().label_count()) best = parent;
  }
  return best;
}

}  // namespace dskeeper::cli
