#include "cli/roll.h"

#include <fmt/core.h>

#include <compare>
#include <utility>
#include <vector>

#include "keeper/absence.h"
#include "keeper/source_fault.h"
#include "keeper/source_lag.h"
#include "parent/relative_name.h"

namespace dskeeper::cli {
namespace {

// So many marks are written at once.
constexpr std::size_t marks_of_group_max = 10'000;

// A child of one of two readings, or of both: what was known of it, and its place in the new one.
struct Difference {
  ByteView child;
  std::optional<bool> was_secure;
  std::optional<std::size_t> index;
};

// Calls the visitor for every child, in canonical order, until it fails.
template <typename Visitor>
Result<void> walk(const KnownChildren& known, const parent::Snapshot& reading,
                  const Visitor& visitor) {
  std::size_t old = 0;
  for (std::size_t i = 0; i < reading.size() || old < known.size();) {
    std::strong_ordering order = std::strong_ordering::less;
    if (old == known.size()) {
      order = std::strong_ordering::greater;
    } else if (i < reading.size()) {
      order = parent::compare_relative(known.at(old).child, reading.relative_child(i));
    }
    Difference difference;
    if (order <= 0) {
      const KnownChildren::Entry entry = known.at(old++);
      difference.child = entry.child;
      difference.was_secure = entry.is_secure;
    }
    if (order >= 0) {
      difference.child = reading.relative_child(i);
      difference.index = i++;
    }
    if (auto visited = visitor(difference); !visited) return visited;
  }
  return {};
}

// Removals of ours are in the case's copy of its latest change.
bool is_removed_by_us(const Ledger& ledger, const dns::Name& child) {
  const std::optional<Case> value = ledger.find_case(child);
  return value && value->change && value->change->after.empty();
}

keeper::Losses count_losses(const KnownChildren& known, const parent::Snapshot& reading,
                            const Ledger& ledger) {
  keeper::Losses losses;
  const auto count = [&](const Difference& child) -> Result<void> {
    if (!child.was_secure) return {};
    keeper::Loss loss = keeper::Loss::none;
    if (!child.index) {
      loss = keeper::Loss::delegation;
    } else if (*child.was_secure && !reading.is_secure(*child.index) &&
               !is_removed_by_us(ledger, reading.child(*child.index))) {
      loss = keeper::Loss::ds_set;
    }
    losses.count(*child.was_secure, loss);
    return {};
  };
  static_cast<void>(walk(known, reading, count));  // which never fails
  return losses;
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
  Comparison(const KnownChildren& known, const parent::Snapshot& reading, const Policy& policy,
             Time now, Ledger& ledger)
      : known_(known), reading_(reading), policy_(policy), now_(now), ledger_(ledger) {}

  // Each group is whole: a child's mark and what follows from it are written together. Whoever is
  // killed between two of them finds the rest at the next reading.
  Result<void> compare() {
    const auto take_child = [this](const Difference& child) -> Result<void> {
      take(child);
      return roll_.size() < marks_of_group_max ? Result<void>() : write_group();
    };
    if (auto walked = walk(known_, reading_, take_child); !walked) return walked;
    take_absent_changes();
    hand_over();
    return {};
  }

  [[nodiscard]] std::size_t secure() const { return secure_; }

 private:
  void take(const Difference& child) {
    if (!child.index) {
      take_vanished(parent::absolute_in(reading_.zone(), child.child));
      return;
    }
    const bool is_secure = reading_.is_secure(*child.index);
    if (is_secure) ++secure_;
    if (child.was_secure == is_secure) return;
    mark(reading_.child(*child.index),
         is_secure ? store::RollMark::secure : store::RollMark::without_ds);
    if (child.was_secure.value_or(false)) take_lost_ds(reading_.at(*child.index));
  }

  void mark(dns::Name child, store::RollMark mark) {
    if (ledger_.is_kept()) roll_.push_back({reading_.zone(), std::move(child), mark});
  }

  void hand_over() {
    store::Batch batch;
    batch.roll = std::exchange(roll_, {});
    if (!batch.is_empty()) ledger_.apply(std::move(batch));
  }

  Result<void> write_group() {
    hand_over();
    return ledger_.commit();
  }

  void take_vanished(const dns::Name& child) {
    mark(child, store::RollMark::absent);
    const std::optional<Case> value = ledger_.find_case(child);
    if (value) write(keeper::leave(*value, ledger_.open_change(child), now_), ledger_);
  }

  // A child with a case is looked at by the keeper itself, which knows what we removed.
  void take_lost_ds(const Delegation& delegation) {
    if (ledger_.has_case(delegation.child)) return;
    std::optional<Delegation> before;
    if (known_.snapshot() != nullptr) before = known_.snapshot()->find(delegation.child);
    auto step = keeper::notice_removal(before ? &*before : nullptr, delegation, policy_, now_);
    if (step) write(*std::move(step), ledger_);
  }

  // A change that was sent, or queued while the name went away, comes to an end too.
  void take_absent_changes() {
    for (const Change& change : ledger_.open_changes()) {
      if (reading_.index_of(change.child)) continue;
      const std::optional<Case> value = ledger_.find_case(change.child);
      if (value) write(keeper::leave(*value, change, now_), ledger_);
    }
  }

  const KnownChildren& known_;
  const parent::Snapshot& reading_;
  const Policy& policy_;
  Time now_;
  Ledger& ledger_;
  std::vector<store::RollChange> roll_;  // of this group
  std::size_t secure_ = 0;
};

}  // namespace

Result<Roll> Roll::load(const dns::Name& parent, store::Store* store) {
  Roll roll(parent);
  if (store == nullptr) return roll;
  Result<void> visited = store->visit_roll(parent, [&](const dns::Name& child, bool is_secure) {
    roll.known_.append(child, is_secure);
    if (is_secure) ++roll.secure_;
  });
  if (!visited) return pass_on(std::move(visited));
  auto newest = store->find_roll_reading(parent);
  if (!newest) return pass_on(std::move(newest));
  roll.newest_ = *std::move(newest);
  return roll;
}

// A secondary that lags. What is older than what we knew a day ago does not lag, but has a serial
// that went backwards.
bool Roll::is_behind(const parent::Snapshot& reading, Time now) const {
  return newest_ && keeper::is_older_revision(reading.revision(), newest_->revision) &&
         now - newest_->at < keeper::source_lag_max;
}

Result<Roll::Taken> Roll::take(const std::shared_ptr<const parent::Snapshot>& reading,
                               const Policy& policy, Trust trust, Time now, Ledger& ledger) {
  if (trust == Trust::checked) {
    if (is_behind(*reading, now)) return Taken::is_behind;
    const auto fault = keeper::find_source_fault(count_losses(known_, *reading, ledger), policy);
    if (fault) {
      const std::string zone = reading->zone().text();
      return fail(*fault, zone,
                  fmt::format("Nothing is looked at or changed until the source is whole again; if "
                              "it is right, run `dskeeper resume --breaker {}`.",
                              zone));
    }
  }
  Comparison comparison(known_, *reading, policy, now, ledger);
  if (auto compared = comparison.compare(); !compared) return pass_on(std::move(compared));
  newest_ = store::RollReading{reading->zone(), reading->revision(), now};
  store::Batch batch;
  batch.readings.push_back(*newest_);
  ledger.apply(std::move(batch));
  known_ = KnownChildren(reading);
  secure_ = comparison.secure();
  return Taken::whole;
}

}  // namespace dskeeper::cli
