#include "cli/ledger.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "keeper/schedule.h"

namespace dskeeper::cli {

Result<Ledger> Ledger::load(const dns::Name& zone, const Policy& policy, store::Store* store) {
  Ledger ledger(policy, store);
  if (store == nullptr) return ledger;
  Result<void> visited =
      store->visit_cases(zone, [&ledger](const Case& value) { ledger.put(value); });
  if (!visited) return pass_on(std::move(visited));
  auto shelf = EvidenceShelf::load(zone, *store);
  if (!shelf) return pass_on(std::move(shelf));
  ledger.shelf_ = *std::move(shelf);
  auto open = store->open_changes(zone);
  if (!open) return pass_on(std::move(open));
  for (Change& change : *open) {
    const dns::Name child = change.child;
    ledger.open_.insert_or_assign(child, std::move(change));
  }
  return ledger;
}

std::optional<Case> Ledger::find_case(const dns::Name& child) const {
  const auto found = cases_.find(child);
  if (found == cases_.end()) return std::nullopt;
  return packer_->unpack(found->second.packed);
}

bool Ledger::needs_full_look(const dns::Name& child) const {
  const auto found = cases_.find(child);
  return found != cases_.end() && found->second.needs_full_look;
}

std::optional<Change> Ledger::open_change(const dns::Name& child) const {
  const auto found = open_.find(child);
  return found == open_.end() ? std::nullopt : std::optional<Change>(found->second);
}

std::vector<Change> Ledger::open_changes() const {
  std::vector<Change> changes;
  for (const auto& [child, change] : open_) changes.push_back(change);
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return std::tie(a.queued_at, a.child) < std::tie(b.queued_at, b.child);
  });
  return changes;
}

std::vector<dns::Name> Ledger::due(Time now) const {
  std::vector<dns::Name> children;
  for (const auto& [due_at, child] : due_) {
    if (due_at > now) break;
    children.push_back(child);
  }
  return children;
}

Result<Inceptions> Ledger::find_watermark(const dns::Name& parent, const dns::Name& child) const {
  if (store_ == nullptr) return Inceptions{};
  return store_->find_watermark(parent, child);
}

void Ledger::remember(const Case& value) {
  if (has_case(value.child)) put(value);
}

void Ledger::put(const Case& value) {
  KnownCase& known = cases_[value.child];
  if (known.due_at) due_.erase({*known.due_at, value.child});
  known.due_at.reset();
  known.needs_full_look = keeper::needs_full_look(value);
  if (known.needs_full_look) known.due_at = keeper::due_at(value, *policy_);
  if (known.due_at) due_.insert({*known.due_at, value.child});
  known.packed = packer_->pack(value);
}

void Ledger::apply(store::Batch batch) {
  if (store_ == nullptr) return;
  for (const Case& value : batch.cases) put(value);
  for (const Change& change : batch.changes) {
    if (change.is_open()) {
      open_.insert_or_assign(change.child, change);
    } else if (const auto open = open_.find(change.child);
               open != open_.end() && open->second.id == change.id) {
      open_.erase(open);
    }
  }
  std::move(batch.cases.begin(), batch.cases.end(), std::back_inserter(batch_.cases));
  std::move(batch.changes.begin(), batch.changes.end(), std::back_inserter(batch_.changes));
  std::move(batch.events.begin(), batch.events.end(), std::back_inserter(batch_.events));
  std::move(batch.breakers.begin(), batch.breakers.end(), std::back_inserter(batch_.breakers));
  std::move(batch.watermarks.begin(), batch.watermarks.end(),
            std::back_inserter(batch_.watermarks));
  std::move(batch.roll.begin(), batch.roll.end(), std::back_inserter(batch_.roll));
  std::move(batch.readings.begin(), batch.readings.end(), std::back_inserter(batch_.readings));
  std::move(batch.censuses.begin(), batch.censuses.end(), std::back_inserter(batch_.censuses));
  batch_.obeyed.insert(batch_.obeyed.end(), batch.obeyed.begin(), batch.obeyed.end());
  for (PackedEvidence& evidence : batch.evidence) {
    evidence_octets_ += evidence.octets();
    batch_.evidence.push_back(std::move(evidence));
  }
  batch_.replaced_evidence.insert(batch_.replaced_evidence.end(), batch.replaced_evidence.begin(),
                                  batch.replaced_evidence.end());
}

Result<void> Ledger::commit() {
  if (store_ == nullptr || batch_.is_empty()) return {};
  Result<void> done = store_->commit(batch_);
  // What could not be written stays to be written: memory and store must not part.
  if (done) {
    batch_ = {};
    evidence_octets_ = 0;
  }
  return done;
}

bool Ledger::is_obeyed(std::uint64_t act) const {
  return std::find(batch_.obeyed.begin(), batch_.obeyed.end(), act) != batch_.obeyed.end();
}

}  // namespace dskeeper::cli
