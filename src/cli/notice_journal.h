// Which NOTIFYs the journal hears of: all that led to something; of the others, which strangers can
// send as many of as they like, one for each child an hour and few over all children.
#pragma once

#include <cstddef>
#include <map>

#include "base/time.h"
#include "dns/name.h"

namespace dskeeper::cli {

class NoticeJournal {
 public:
  static constexpr Duration child_pause = std::chrono::hours(1);
  // Told at once, when nothing was for long; then one more each so often.
  static constexpr unsigned burst = 256;
  static constexpr Duration interval = std::chrono::minutes(1);

  // `is_news`: something else is written because of it too.
  [[nodiscard]] bool is_told(const dns::Name& child, bool is_news, Time now);

 private:
  std::map<dns::Name, Time> told_;  // of those that led to nothing; no longer ago than the pause
  Time used_until_;
};

}  // namespace dskeeper::cli
