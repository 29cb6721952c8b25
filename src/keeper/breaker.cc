#include "keeper/breaker.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "model/json.h"
#include "model/operator_name.h"

namespace dskeeper::keeper {
namespace {

constexpr Duration day_length = std::chrono::hours(24);

bool is_counted(const Change& change) {
  return change.request != Request::none && !change.is_ttl_only();
}

// Those that can trip; first DS are paced.
bool can_trip(const Change& change) {
  return is_counted(change) && change.request != Request::bootstrap;
}

bool concerns(const Breaker& breaker, Request kind, const std::string& operator_name) {
  return breaker.kind == kind &&
         (breaker.operator_name.empty() || breaker.operator_name == operator_name);
}

std::size_t limit_of(std::size_t min, double share, std::size_t whole) {
  const double part = std::floor(share * static_cast<double>(whole));
  return std::max(min, static_cast<std::size_t>(part));
}

std::size_t zone_limit(Request kind, std::size_t secure, const Policy& policy) {
  const auto& rule = policy.breaker;
  return kind == Request::remove ? limit_of(rule.delete_min, rule.delete_share, secure)
                                 : limit_of(rule.change_min, rule.change_share, secure);
}

Breaker trip(const Change& change, std::string operator_name, std::size_t changes,
             std::size_t limit) {
  return Breaker{.parent = change.parent,
                 .kind = change.request,
                 .operator_name = std::move(operator_name),
                 .tripped_at = change.queued_at,
                 .changes = static_cast<unsigned>(changes),
                 .limit = static_cast<unsigned>(limit),
                 .resumed_at = std::nullopt};
}

std::string scope_text(const Breaker& breaker) {
  return breaker.operator_name.empty() ? "of all children"
                                       : "of the children of " + breaker.operator_name;
}

std::string kind_text(Request kind) {
  return kind == Request::remove ? "removals" : "updates";
}

}  // namespace

void DayOfChanges::add(const Change& change) {
  if (!is_counted(change)) return;
  const Key key(change.request, change.child);
  if (const auto known = latest_.find(key); known != latest_.end()) remove(known);
  const Entry entry{change.queued_at, operator_of(change.hosts)};
  ++totals_.at(static_cast<std::size_t>(key.first));
  ++by_operator_[{key.first, entry.operator_name}];
  latest_.emplace(key, entry);
  order_.emplace_back(entry.at, key);
}

void DayOfChanges::remove(std::map<Key, Entry>::const_iterator entry) {
  const Request kind = entry->first.first;
  --totals_.at(static_cast<std::size_t>(kind));
  const auto counted = by_operator_.find({kind, entry->second.operator_name});
  if (--counted->second == 0) by_operator_.erase(counted);
  latest_.erase(entry);
}

void DayOfChanges::forget_old(Time now) {
  while (!order_.empty() && now - order_.front().first > day_length) {
    const auto& [at, key] = order_.front();
    // A later change of the same child has taken its place.
    const auto entry = latest_.find(key);
    if (entry != latest_.end() && entry->second.at == at) remove(entry);
    order_.pop_front();
  }
}

void DayOfChanges::forget(const Breaker& resumed) {
  if (!resumed.resumed_at) return;
  for (auto entry = latest_.begin(); entry != latest_.end();) {
    const auto current = entry++;
    const bool is_meant = concerns(resumed, current->first.first, current->second.operator_name) &&
                          current->second.at <= *resumed.resumed_at;
    if (is_meant) remove(current);
  }
}

std::size_t DayOfChanges::count(Request kind) const {
  return totals_.at(static_cast<std::size_t>(kind));
}

std::size_t DayOfChanges::count(Request kind, const std::string& operator_name) const {
  const auto found = by_operator_.find({kind, operator_name});
  return found == by_operator_.end() ? 0 : found->second;
}

std::optional<std::string> DayOfChanges::busiest(Request kind,
                                                 std::span<const Breaker> without) const {
  std::optional<std::string> name;
  std::size_t most = 0;
  for (const auto& entry : by_operator_) {
    const auto& [own_kind, own_name] = entry.first;
    const bool is_stopped =
        std::any_of(without.begin(), without.end(), [&](const Breaker& breaker) {
          return breaker.is_open() && concerns(breaker, kind, entry.first.second);
        });
    if (own_kind != kind || own_name.empty() || is_stopped || entry.second <= most) continue;
    most = entry.second;
    name = own_name;
  }
  return name;
}

std::optional<Breaker> find_trip(const DayOfChanges& day, std::span<const Breaker> breakers,
                                 const Change& change, const SecureCounts& secure,
                                 const Policy& policy) {
  if (!can_trip(change) || find_stop(breakers, change) != nullptr) return std::nullopt;
  const auto& rule = policy.breaker;
  const Request kind = change.request;
  const std::string name = operator_of(change.hosts);
  const std::size_t own = day.count(kind, name);
  const std::size_t own_limit =
      limit_of(rule.operator_min, rule.operator_share, secure.of_operator);
  if (!name.empty() && own > own_limit) return trip(change, name, own, own_limit);

  // Those of operators that are stopped already are no reason to stop the others.
  std::size_t all = day.count(kind);
  for (const Breaker& breaker : breakers) {
    const bool is_stopped =
        breaker.is_open() && breaker.kind == kind && !breaker.operator_name.empty();
    if (is_stopped) all -= day.count(kind, breaker.operator_name);
  }
  const std::size_t limit = zone_limit(kind, secure.zone, policy);
  if (all <= limit) return std::nullopt;
  const std::optional<std::string> busiest = day.busiest(kind, breakers);
  const bool is_one_operators = busiest && 2 * day.count(kind, *busiest) > all;
  return trip(change, is_one_operators ? *busiest : std::string(), all, limit);
}

const Breaker* find_stop(std::span<const Breaker> breakers, const Change& change) {
  if (!can_trip(change) || change.state != ChangeState::queued) return nullptr;
  const std::string name = operator_of(change.hosts);
  const auto found = std::find_if(breakers.begin(), breakers.end(), [&](const Breaker& breaker) {
    return breaker.is_open() && breaker.parent == change.parent &&
           concerns(breaker, change.request, name) && change.queued_at >= breaker.tripped_at;
  });
  return found == breakers.end() ? nullptr : &*found;
}

std::size_t first_ds_left(std::span<const Change> changes, std::size_t secure, const Policy& policy,
                          Time now) {
  const std::size_t limit = zone_limit(Request::bootstrap, secure, policy);
  const auto sent = static_cast<std::size_t>(
      std::count_if(changes.begin(), changes.end(), [&](const Change& change) {
        return change.request == Request::bootstrap && change.sent_at &&
               now - *change.sent_at < day_length;
      }));
  return limit > sent ? limit - sent : 0;
}

Case with_breaker(Case value, const Breaker* stop) {
  std::erase_if(value.findings,
                [](const Finding& finding) { return finding.code == FindingCode::breaker_open; });
  if (stop != nullptr) {
    value.findings.push_back({FindingCode::breaker_open,
                              {},
                              {std::to_string(stop->changes), std::to_string(stop->limit)}});
    sort_findings(value.findings);
  }
  return value;
}

BreakersResumed obey_breaker_act(const Act& act, std::span<const Breaker> breakers, Time now) {
  BreakersResumed out;
  const auto tell = [&](std::string summary) {
    out.events.push_back({act.parent, act.child, now, EventKind::act, std::move(summary),
                          act_to_contract_json(act)});
  };
  for (const Breaker& breaker : breakers) {
    const bool is_meant =
        breaker.is_open() && breaker.parent == act.parent &&
        (!act.breaker_kind || *act.breaker_kind == breaker.kind) &&
        (act.breaker_operator.empty() || act.breaker_operator == breaker.operator_name);
    if (!is_meant) continue;
    out.breakers.push_back(breaker);
    out.breakers.back().resumed_at = now;
    tell(fmt::format("The breaker for {} {} was resumed by {}.", kind_text(breaker.kind),
                     scope_text(breaker), act.actor));
  }
  if (out.breakers.empty()) {
    tell(fmt::format("The act \"{}\" by {} had no effect: no such breaker is open.",
                     to_text(act.kind), act.actor));
  }
  return out;
}

Event trip_event(const Breaker& breaker) {
  return {breaker.parent,
          breaker.parent,
          breaker.tripped_at,
          EventKind::transition,
          fmt::format("The breaker tripped: {} {} {} within a day, {} are allowed.",
                      breaker.changes, kind_text(breaker.kind), scope_text(breaker), breaker.limit),
          breaker_to_contract_json(breaker)};
}

}  // namespace dskeeper::keeper
