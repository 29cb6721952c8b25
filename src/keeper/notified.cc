#include "keeper/notified.h"

namespace dskeeper::keeper {

std::optional<Time> notified_since(const std::optional<Case>& before, const Case& next,
                                   Channel channel, Time now) {
  const bool is_known = before && before->request_id == next.request_id;
  const bool is_news = next.request != Request::none && !is_known;
  if (!is_news) return next.notified_since;
  if (channel == Channel::notify) return next.notified_since ? next.notified_since : now;
  return channel == Channel::scan ? std::nullopt : next.notified_since;
}

bool may_leave_out(const std::optional<Case>& value, const Policy& policy, Time now) {
  if (!value || !value->notified_since || value->lowered_ttl) return false;
  if (!is_at_rest(value->outcome) || !is_at_rest(value->csync.outcome)) return false;
  if (now < value->at) return false;
  return now - value->at < policy.notified_interval;
}

}  // namespace dskeeper::keeper
