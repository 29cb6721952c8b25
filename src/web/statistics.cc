#include "web/statistics.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "model/json.h"
#include "model/json_parts.h"

namespace dskeeper::web {
namespace {

namespace json = boost::json;
using json_parts::clean;

json::value time_text(const std::optional<Time>& time) {
  return time ? json::value(clean(format_time(*time))) : json::value(nullptr);
}

// "2026-11-29".
json::string day_text(store::Day day) {
  constexpr std::size_t date_octets = 10;
  return clean(format_time(Time(day)).substr(0, date_octets));
}

// Empty as null: unknown.
json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(clean(text));
}

json::object counts_json(const std::map<std::string, std::uint64_t>& counts) {
  json::object out;
  for (const auto& [word, count] : counts) out[clean(word)] = count;
  return out;
}

json::value pass_json(const std::optional<store::PassRecord>& pass) {
  if (!pass) return nullptr;
  return json::object{{"started_at", time_text(pass->started_at)},
                      {"ended_at", time_text(pass->ended_at)},
                      {"revision", clean(pass->revision)},
                      {"children", pass->children},
                      {"outcomes", counts_json(pass->outcomes)},
                      {"void", pass->is_void},
                      {"void_reason", text_or_null(pass->void_reason)}};
}

json::value progress_json(const std::optional<PassProgress>& progress) {
  if (!progress) return nullptr;
  return json::object{{"started_at", time_text(progress->started_at)},
                      {"at", time_text(progress->at)},
                      {"done", progress->done},
                      {"total", progress->total},
                      {"questions", progress->questions},
                      {"outcomes", counts_json(progress->outcomes)}};
}

// Of the parent zone alone; NOTIFYs wait for all zones together.
json::object queues_json(const std::map<ChangeState, std::uint64_t>& open, std::size_t looks) {
  const auto count = [&](ChangeState state) {
    const auto found = open.find(state);
    return found == open.end() ? 0 : found->second;
  };
  return {{"looks", looks},
          {"changes_queued", count(ChangeState::queued)},
          {"changes_sent", count(ChangeState::sent)}};
}

// Open ones, as the contract has them, octet by octet.
Result<std::string> breakers_json(store::Store& store, const dns::Name& zone) {
  const auto breakers = store.breakers(zone, Time::max());
  if (!breakers) return tl::unexpected<Error>(breakers.error());
  std::string list;
  for (const Breaker& breaker : *breakers) {
    if (!breaker.is_open()) continue;
    if (!list.empty()) list += ',';
    list += breaker_to_contract_json(breaker);
  }
  return "[" + list + "]";
}

Result<std::string> zone_json(store::Store& store, const ParentZone& parent, const Desk& desk) {
  const dns::Name& zone = parent.zone;
  const auto cases = store.count_cases(zone);
  if (!cases) return tl::unexpected<Error>(cases.error());
  const auto findings = store.count_findings(zone);
  if (!findings) return tl::unexpected<Error>(findings.error());
  const auto open = store.count_open_changes(zone);
  if (!open) return tl::unexpected<Error>(open.error());
  std::uint64_t open_changes = 0;
  for (const auto& [state, count] : *open) open_changes += count;
  const auto pass = store.last_pass(zone);
  if (!pass) return tl::unexpected<Error>(pass.error());
  const auto progress = store.find_progress(zone);
  if (!progress) return tl::unexpected<Error>(progress.error());
  const auto breakers = breakers_json(store, zone);
  if (!breakers) return breakers;
  std::string out =
      json::serialize(json::object{{"zone", clean(zone.text())},
                                   {"policy", clean(parent.policy)},
                                   {"cases", counts_json(*cases)},
                                   {"findings", counts_json(*findings)},
                                   {"open_changes", open_changes},
                                   {"queues", queues_json(*open, desk.looks_waiting(zone))},
                                   {"last_pass", pass_json(*pass)},
                                   {"pass_under_way", progress_json(*progress)}});
  out.pop_back();
  return out + ",\"breakers\":" + *breakers + "}";
}

json::value notify_json(const std::optional<NotifyStanding>& standing) {
  if (!standing) return nullptr;
  return json::object{{"waiting", standing->waiting},
                      {"messages", counts_json(standing->messages)}};
}

// A day of which anything is known.
struct DayCounts {
  std::optional<store::CensusDay> census;
  std::map<std::string, json::object> changes;  // by kind
  std::uint64_t notifies = 0;
  std::uint64_t reports = 0;
};

Result<std::map<store::Day, DayCounts>> read_days(store::Store& store, const dns::Name& parent,
                                                  store::Day since) {
  std::map<store::Day, DayCounts> days;
  const auto censuses = store.census_days(parent, since);
  if (!censuses) return tl::unexpected<Error>(censuses.error());
  for (const store::CensusDay& one : *censuses) days[one.day].census = one;
  const auto changes = store.change_days(parent, since);
  if (!changes) return tl::unexpected<Error>(changes.error());
  for (const store::ChangesOfDay& one : *changes) {
    days[one.day].changes[one.kind][to_text(one.state)] = one.changes;
  }
  const auto messages = store.message_days(parent, since);
  if (!messages) return tl::unexpected<Error>(messages.error());
  for (const store::MessagesOfDay& one : *messages) {
    days[one.day].notifies = one.notifies;
    days[one.day].reports = one.reports;
  }
  return days;
}

json::object day_json(store::Day day, const DayCounts& counts) {
  json::object changes;
  for (const auto& [kind, by_state] : counts.changes) changes[clean(kind)] = by_state;
  json::value delegations;
  json::value secure;
  if (counts.census) {
    delegations = counts.census->delegations;
    secure = counts.census->secure;
  }
  return {{"day", day_text(day)},        {"delegations", std::move(delegations)},
          {"secure", std::move(secure)}, {"changes", std::move(changes)},
          {"notifies", counts.notifies}, {"reports", counts.reports}};
}

json::object share_json(const store::OperatorShare& share) {
  return {{"operator", text_or_null(share.operator_name)},
          {"delegations", share.delegations},
          {"secure", share.secure},
          {"asking", share.asking},
          {"broken", share.broken}};
}

json::object sums_json(const store::OperatorShare& sums, std::uint64_t operators) {
  return {{"operators", operators},
          {"delegations", sums.delegations},
          {"secure", sums.secure},
          {"asking", sums.asking},
          {"broken", sums.broken}};
}

// Cases may be newer than the census, and of children that it did not have.
std::uint64_t less(std::uint64_t whole, std::uint64_t part) {
  return whole > part ? whole - part : 0;
}

store::OperatorShare others_of(const store::Census& census) {
  store::OperatorShare others = census.whole;
  for (const store::OperatorShare& share : census.largest) {
    others.delegations = less(others.delegations, share.delegations);
    others.secure = less(others.secure, share.secure);
    others.asking = less(others.asking, share.asking);
    others.broken = less(others.broken, share.broken);
  }
  return others;
}

}  // namespace

Result<std::string> statistics_json(store::Store& store, const Settings& settings,
                                    const Desk& desk) {
  std::string list;
  for (const ParentZone& parent : settings.parents) {
    const auto zone = zone_json(store, parent, desk);
    if (!zone) return zone;
    if (!list.empty()) list += ',';
    list += *zone;
  }
  return "{\"parents\":[" + list +
         "],\"notify\":" + json::serialize(notify_json(desk.notify_standing())) + "}";
}

Result<std::string> days_json(store::Store& store, const dns::Name& parent, store::Day today,
                              unsigned count) {
  const store::Day since = today - std::chrono::days(count - 1);
  const auto days = read_days(store, parent, since);
  if (!days) return tl::unexpected<Error>(days.error());
  json::array list;
  for (const auto& [day, counts] : *days) list.push_back(day_json(day, counts));
  return json::serialize(json::object{{"parent", clean(parent.text())},
                                      {"since", day_text(since)},
                                      {"today", day_text(today)},
                                      {"days", std::move(list)}});
}

Result<std::string> operators_json(store::Store& store, const dns::Name& parent) {
  const auto census = store.find_census(parent);
  if (!census) return tl::unexpected<Error>(census.error());
  if (!*census) {
    return json::serialize(json::object{{"parent", clean(parent.text())},
                                        {"counted_at", nullptr},
                                        {"zone", sums_json({}, 0)},
                                        {"operators", json::array()},
                                        {"others", sums_json({}, 0)}});
  }
  json::array operators;
  for (const store::OperatorShare& share : (*census)->largest) {
    operators.push_back(share_json(share));
  }
  const std::uint64_t others = (*census)->operators - (*census)->largest.size();
  return json::serialize(json::object{{"parent", clean(parent.text())},
                                      {"counted_at", time_text((*census)->at)},
                                      {"zone", sums_json((*census)->whole, (*census)->operators)},
                                      {"operators", std::move(operators)},
                                      {"others", sums_json(others_of(**census), others)}});
}

Result<std::string> agents_json(store::Store& store, const dns::Name& parent) {
  const auto agents = store.agent_reports(parent);
  if (!agents) return tl::unexpected<Error>(agents.error());
  json::array list;
  for (const store::AgentReportCount& one : *agents) {
    list.push_back(json::object{{"agent", clean(one.agent)},
                                {"reports", one.reports},
                                {"last_at", time_text(one.last_at)}});
  }
  return json::serialize(json::object{{"parent", clean(parent.text())},
                                      {"newest_reports_max", store::AgentReportCount::reports_max},
                                      {"agents", std::move(list)}});
}

}  // namespace dskeeper::web
