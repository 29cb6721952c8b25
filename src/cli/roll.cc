#include "cli/roll.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "keeper/absence.h"
#include "keeper/source_lag.h"

namespace dskeeper::cli {
namespace {

std::vector<keeper::Entry> entries_of(const parent::Snapshot& snapshot) {
  std::vector<keeper::Entry> entries;
  entries.reserve(snapshot.size());
  for (std::size_t i = 0; i < snapshot.size(); ++i) {
    entries.push_back({snapshot.child(i), snapshot.is_secure(i)});
  }
  return entries;
}

// Removals of ours are in the case's copy of its latest change.
bool is_removed_by_us(const Ledger& ledger, const dns::Name& child) {
  const std::optional<Case> value = ledger.find_case(child);
  return value && value->change && value->change->after.empty();
}

void write(keeper::Step step, Ledger& ledger) {
  store::Batch batch;
  if (step.is_worth_storing) batch.cases.push_back(std::move(step.next));
  batch.changes = std::move(step.changes);
  batch.events = std::move(step.events);
  if (!batch.is_empty()) ledger.apply(std::move(batch));
}

// What one reading changes, child by child.
class Comparison {
 public:
  Comparison(const parent::Snapshot* before, const parent::Snapshot& now_is, const Policy& policy,
             Time now, Ledger& ledger)
      : before_(before), now_is_(now_is), policy_(policy), now_(now), ledger_(ledger) {}

  void compare(const std::vector<keeper::Entry>& known, const std::vector<keeper::Entry>& entries) {
    auto old = known.begin();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const keeper::Entry& entry = entries[i];
      for (; old != known.end() && old->child < entry.child; ++old) take_vanished(old->child);
      const bool is_known = old != known.end() && old->child == entry.child;
      const bool was_secure = is_known && old->is_secure;
      if (is_known) ++old;
      if (is_known && was_secure == entry.is_secure) continue;
      mark(entry.child, entry.is_secure ? store::RollMark::secure : store::RollMark::without_ds);
      if (was_secure) take_lost_ds(now_is_.at(i));
    }
    for (; old != known.end(); ++old) take_vanished(old->child);
    take_absent_changes();
    if (!roll_.empty()) {
      store::Batch batch;
      batch.roll = std::move(roll_);
      ledger_.apply(std::move(batch));
    }
  }

 private:
  void mark(const dns::Name& child, store::RollMark mark) {
    roll_.push_back({now_is_.zone(), child, mark});
  }

  void take_vanished(const dns::Name& child) {
    mark(child, store::RollMark::absent);
    const std::optional<Case> value = ledger_.find_case(child);
    if (value) write(keeper::leave(*value, ledger_.open_change(child), now_), ledger_);
  }

  // A child with a case is looked at by the keeper itself, which knows what we removed.
  void take_lost_ds(const Delegation& delegation) {
    if (ledger_.find_case(delegation.child)) return;
    std::optional<Delegation> before;
    if (before_ != nullptr) before = before_->find(delegation.child);
    auto step = keeper::notice_removal(before ? &*before : nullptr, delegation, policy_, now_);
    if (step) write(*std::move(step), ledger_);
  }

  // A change that was sent, or queued while the name went away, comes to an end too.
  void take_absent_changes() {
    for (const Change& change : ledger_.open_changes()) {
      if (now_is_.index_of(change.child)) continue;
      const std::optional<Case> value = ledger_.find_case(change.child);
      if (value) write(keeper::leave(*value, change, now_), ledger_);
    }
  }

  const parent::Snapshot* before_;
  const parent::Snapshot& now_is_;
  const Policy& policy_;
  Time now_;
  Ledger& ledger_;
  std::vector<store::RollChange> roll_;
};

}  // namespace

Result<Roll> Roll::load(const dns::Name& parent, store::Store* store) {
  Roll roll;
  if (store == nullptr) return roll;
  Result<void> visited = store->visit_roll(parent, [&](const dns::Name& child, bool is_secure) {
    roll.known_.push_back({child, is_secure});
    if (is_secure) ++roll.secure_;
  });
  if (!visited) return pass_on(std::move(visited));
  return roll;
}

Result<void> Roll::take(const parent::Snapshot* before, const parent::Snapshot& now_is,
                        const Policy& policy, Trust trust, Time now, Ledger& ledger) {
  // A secondary that lags says nothing of what is gone.
  if (before != nullptr && keeper::is_older_revision(now_is.revision(), before->revision())) {
    return {};
  }
  std::vector<keeper::Entry> entries = entries_of(now_is);
  const keeper::Losses losses = keeper::compare_readings(
      known_, entries, [&](const dns::Name& child) { return is_removed_by_us(ledger, child); });
  const auto fault = keeper::find_source_fault(losses, policy);
  if (fault && trust == Trust::checked) {
    return fail(
        *fault, now_is.zone().text(),
        fmt::format("Nothing is looked at or changed until the source is whole again; if it "
                    "is right, run `dskeeper resume --breaker {}`.",
                    now_is.zone().text()));
  }
  Comparison(before, now_is, policy, now, ledger).compare(known_, entries);
  known_ = std::move(entries);
  secure_ = static_cast<std::size_t>(std::count_if(
      known_.begin(), known_.end(), [](const keeper::Entry& entry) { return entry.is_secure; }));
  return {};
}

}  // namespace dskeeper::cli
