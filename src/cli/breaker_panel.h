// The breakers of one parent zone: what was queued within a day, which of them have tripped, and
// how many first DS may still be sent today (design.md, "The breaker").
//
// keeper/breaker.h decides; here is the memory that it needs. It is made anew from the store after
// a restart.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "keeper/breaker.h"
#include "model/policy.h"
#include "parent/source.h"
#include "store/store.h"

namespace dskeeper::cli {

class BreakerPanel {
 public:
  // `policy` must outlive it. Empty without a store.
  [[nodiscard]] static Result<BreakerPanel> load(const dns::Name& parent, const Policy& policy,
                                                 store::Store* store, Time now);

  // The zone that the shares are of, after each reading.
  void take_zone(std::shared_ptr<const parent::Snapshot> snapshot, std::size_t secure);

  // A change is queued. What trips by it goes to the batch that queues it; says whether one did.
  [[nodiscard]] bool take_queued(const Change& change, store::Batch& batch);
  // A first DS is on its way.
  void take_sent(const Change& change);
  // `resume --breaker`; what follows goes to the batch that marks it as obeyed.
  void obey(const Act& act, Time now, store::Batch& batch);

  // The open breaker that a queued change waits for; nullptr where it may go.
  [[nodiscard]] const Breaker* find_stop(const Change& change) const {
    return keeper::find_stop(breakers_, change);
  }
  [[nodiscard]] std::size_t first_ds_left(Time now) const;

 private:
  explicit BreakerPanel(const Policy& policy) : policy_(&policy) {}
  std::size_t secure_of(const std::string& operator_name);
  void put(const Breaker& breaker);

  const Policy* policy_;
  keeper::DayOfChanges day_;
  std::vector<Breaker> breakers_;
  std::vector<Change> sent_first_;  // first DS that were sent within a day
  std::shared_ptr<const parent::Snapshot> snapshot_;
  std::size_t secure_ = 0;
  std::map<std::string, std::size_t> secure_by_operator_;  // counted when asked for
};

}  // namespace dskeeper::cli
