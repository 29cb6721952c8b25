#include "cli/breaker_panel.h"

#include <algorithm>
#include <optional>

#include "cli/log.h"
#include "cli/typed_name.h"
#include "model/operator_name.h"

namespace dskeeper::cli {
namespace {

constexpr Duration day = std::chrono::hours(24);
// A first DS that was sent within the day may have waited for its turn before.
constexpr Duration queued_before_max = 2 * day;

bool is_same(const Breaker& a, const Breaker& b) {
  return a.kind == b.kind && a.operator_name == b.operator_name && a.tripped_at == b.tripped_at;
}

std::string whose(const Breaker& breaker) {
  return breaker.operator_name.empty() ? "all children"
                                       : "the children of " + breaker.operator_name;
}

}  // namespace

Result<BreakerPanel> BreakerPanel::load(const dns::Name& parent, const Policy& policy,
                                        store::Store* store, Time now) {
  BreakerPanel panel(policy);
  if (store == nullptr) return panel;
  auto changes = store->recent_changes(parent, now - queued_before_max);
  if (!changes) return pass_on(std::move(changes));
  for (const Change& change : *changes) {
    panel.day_.add(change);
    panel.take_sent(change);
  }
  panel.day_.forget_old(now);
  auto breakers = store->breakers(parent, now - day);
  if (!breakers) return pass_on(std::move(breakers));
  panel.breakers_ = *std::move(breakers);
  for (const Breaker& breaker : panel.breakers_) {
    if (!breaker.is_open()) panel.day_.forget(breaker);
  }
  return panel;
}

void BreakerPanel::take_zone(std::shared_ptr<const parent::Snapshot> snapshot, std::size_t secure) {
  snapshot_ = std::move(snapshot);
  secure_ = secure;
  secure_by_operator_.clear();
}

bool BreakerPanel::take_queued(const Change& change, store::Batch& batch) {
  day_.forget_old(change.queued_at);
  day_.add(change);
  // To count an operator's children is dear, and for a few changes needless.
  const std::string name = operator_of(change.hosts);
  const bool may_trip = day_.count(change.request, name) > policy_->breaker.operator_min;
  const keeper::SecureCounts secure{secure_, may_trip ? secure_of(name) : 0};
  const auto trip = keeper::find_trip(day_, breakers_, change, secure, *policy_);
  if (!trip) return false;
  put(*trip);
  batch.breakers.push_back(*trip);
  batch.events.push_back(keeper::trip_event(*trip));
  log(LogEvent::breaker_tripped,
      {shown_name(trip->parent), std::to_string(trip->changes), std::string(to_text(trip->kind)),
       std::to_string(trip->limit), whose(*trip)});
  return true;
}

void BreakerPanel::take_sent(const Change& change) {
  if (change.request != Request::bootstrap || !change.sent_at) return;
  std::erase_if(sent_first_, [&](const Change& known) {
    return known.id == change.id || *change.sent_at - *known.sent_at >= day;
  });
  sent_first_.push_back(change);
}

void BreakerPanel::obey(const Act& act, Time now, store::Batch& batch) {
  keeper::BreakersResumed resumed = keeper::obey_breaker_act(act, breakers_, now);
  for (const Breaker& breaker : resumed.breakers) {
    put(breaker);
    day_.forget(breaker);
    log(LogEvent::breaker_resumed,
        {shown_name(breaker.parent), std::string(to_text(breaker.kind)), whose(breaker)});
  }
  std::move(resumed.breakers.begin(), resumed.breakers.end(), std::back_inserter(batch.breakers));
  std::move(resumed.events.begin(), resumed.events.end(), std::back_inserter(batch.events));
}

std::size_t BreakerPanel::first_ds_left(Time now) const {
  return keeper::first_ds_left(sent_first_, secure_, *policy_, now);
}

std::size_t BreakerPanel::secure_of(const std::string& operator_name) {
  if (operator_name.empty() || snapshot_ == nullptr) return 0;
  const auto known = secure_by_operator_.find(operator_name);
  if (known != secure_by_operator_.end()) return known->second;
  std::size_t count = 0;
  std::vector<std::optional<bool>> is_its(snapshot_->operator_keys());
  for (std::size_t i = 0; i < snapshot_->size(); ++i) {
    if (!snapshot_->is_secure(i)) continue;
    std::optional<bool>& counts = is_its[snapshot_->operator_key(i)];
    if (!counts) counts = operator_of(snapshot_->at(i).hosts()) == operator_name;
    if (*counts) ++count;
  }
  secure_by_operator_[operator_name] = count;
  return count;
}

void BreakerPanel::put(const Breaker& breaker) {
  const auto known = std::find_if(breakers_.begin(), breakers_.end(),
                                  [&](const Breaker& other) { return is_same(other, breaker); });
  if (known == breakers_.end()) {
    breakers_.push_back(breaker);
  } else {
    *known = breaker;
  }
}

}  // namespace dskeeper::cli
