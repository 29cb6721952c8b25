// Counts what a parent zone has: its delegations and those that are secure, by operator
// (store/statistics.h).
//
// A zone that changes all the time is read again and again, and counting goes through all of it: it
// is done on another thread, and takes no more than a hundredth of the time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "cli/proving.h"
#include "parent/snapshot.h"
#include "store/store.h"

namespace dskeeper::cli {

[[nodiscard]] store::Census take_census(const parent::Snapshot& reading, Time now);

// Writes the census of each reading, and one for each day; of one parent zone. One thread.
class CensusTaker {
 public:
  static constexpr Duration pause_min = std::chrono::seconds(10);
  static constexpr unsigned pauses_per_count = 100;  // of as much time as counting took

  // All must outlive it.
  CensusTaker(store::Store& store, Proving& proving, const Clock& clock)
      : store_(store), proving_(proving), clock_(clock) {}

  // Does nothing where this reading has its census already, or the last one is too young. Fails
  // when the store does; then it is tried again as soon as it may be.
  [[nodiscard]] boost::asio::awaitable<Result<void>> take_if_due(
      std::shared_ptr<const parent::Snapshot> reading);

 private:
  [[nodiscard]] bool is_due(const parent::Snapshot& reading, Time now) const;

  store::Store& store_;
  Proving& proving_;
  const Clock& clock_;
  Time not_before_;
  Duration pause_{};  // how long before that it was set
  Time taken_at_;
  std::string revision_;  // of what was counted last
};

}  // namespace dskeeper::cli
