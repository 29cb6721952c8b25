// All that is known of one parent zone while a process works on it: the zone as it was last read,
// the cases and the outbox, the breakers, the roll of delegations.
//
// Passes, due looks and sending share it. One thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/breaker_panel.h"
#include "cli/ledger.h"
#include "cli/parent_view.h"
#include "cli/roll.h"
#include "cli/workplace.h"
#include "store/store.h"

namespace dskeeper::cli {

class ParentState {
 public:
  // Without a store everything is as if never seen. `work` and `store` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<ParentState>> load(
      ParentWork& work, store::Store* store, const boost::asio::any_io_executor& executor,
      const Clock& clock);

  [[nodiscard]] const ParentWork& work() const { return work_; }
  [[nodiscard]] ParentView& view() { return view_; }
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  [[nodiscard]] BreakerPanel& breakers() { return breakers_; }

  // Obeys what the operator's commands have written since; the view must have been read. Fails when
  // the store does; what is obeyed already is then not obeyed again.
  [[nodiscard]] Result<void> obey_acts();
  // A change is queued with this batch. Where it trips a breaker, the cases of all that wait for it
  // from now on say so: also of those queued in the same instant, which have no order.
  void take_queued(const Change& change, store::Batch& batch);

  // The children that acts want to be looked at now; each is named once.
  [[nodiscard]] std::vector<dns::Name> take_to_look_at() { return std::exchange(look_at_, {}); }

  // Why no look counts now: our clock is wrong (design.md, "Our own outage …"). Nothing where it is
  // right.
  [[nodiscard]] Result<std::optional<std::string>> find_clock_fault() const;

  // When the last pass over the whole zone began; nothing where there was none.
  [[nodiscard]] Result<std::optional<Time>> last_pass() const;

 private:
  ParentState(ParentWork& work, store::Store* store, const boost::asio::any_io_executor& executor,
              const Clock& clock, Ledger ledger, BreakerPanel breakers, Roll roll);
  Result<ParentView::Verdict> take_reading(const std::shared_ptr<const parent::Snapshot>& snapshot);
  Result<ParentView::Verdict> keep_newer(const parent::Snapshot& older);
  [[nodiscard]] bool is_reading_trusted();
  void obey(const Act& act);
  void resume_breaker(const Act& act, store::Batch batch);

  ParentWork& work_;
  store::Store* store_;
  const Clock& clock_;
  Ledger ledger_;
  BreakerPanel breakers_;
  Roll roll_;
  ParentView view_;
  std::vector<dns::Name> look_at_;
  std::string older_revision_;        // of the reading that was last found to be behind
  bool trusts_next_reading_ = false;  // a person has said that the source is right
};

}  // namespace dskeeper::cli
