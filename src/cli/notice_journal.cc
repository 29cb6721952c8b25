#include "cli/notice_journal.h"

#include <algorithm>

namespace dskeeper::cli {

bool NoticeJournal::is_told(const dns::Name& child, bool is_news, Time now) {
  if (is_news) return true;
  // At most `burst` and an hour's worth of them are remembered.
  std::erase_if(told_, [&](const auto& told) {
    return now - told.second >= child_pause || told.second > now;
  });
  if (told_.contains(child)) return false;
  used_until_ = std::min(used_until_, now + interval * burst);
  if (used_until_ > now + interval * (burst - 1)) return false;
  used_until_ = std::max(used_until_, now) + interval;
  told_.emplace(child, now);
  return true;
}

}  // namespace dskeeper::cli
