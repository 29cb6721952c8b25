#include "web/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <sstream>
#include <utility>
#include <vector>

namespace dskeeper::web {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

MetricFamily family(std::string name, std::string help, MetricType type) {
  return {std::move(name), std::move(help), type, {}};
}

void add(MetricFamily& to, Labels labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (to.type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  to.metric.push_back(std::move(metric));
}

double seconds_of(Time time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

// One family for each thing that is told of parent zones; filled zone by zone.
struct ZoneFamilies {
  MetricFamily cases =
      family("dskeeper_cases", "Children that have a case, by outcome.", MetricType::Gauge);
  MetricFamily changes =
      family("dskeeper_open_changes", "Changes in the outbox, by state.", MetricType::Gauge);
  MetricFamily breakers =
      family("dskeeper_breakers_open", "Breakers that have tripped and are open, by kind.",
             MetricType::Gauge);
  MetricFamily pass_start = family("dskeeper_last_pass_start_timestamp_seconds",
                                   "When the last pass over the zone began.", MetricType::Gauge);
  MetricFamily pass_end =
      family("dskeeper_last_pass_end_timestamp_seconds",
             "When the last pass over the zone ended, if it has ended.", MetricType::Gauge);
  MetricFamily pass_children =
      family("dskeeper_last_pass_children", "Children that the last pass looked at, by outcome.",
             MetricType::Gauge);
  MetricFamily pass_void =
      family("dskeeper_last_pass_void",
             "1 where looks of the last pass did not count, since the trouble was our own.",
             MetricType::Gauge);
  MetricFamily pass_done =
      family("dskeeper_pass_under_way_children_done",
             "Children that the pass under way has looked at.", MetricType::Gauge);
  MetricFamily pass_total =
      family("dskeeper_pass_under_way_children", "Children that the pass under way is to look at.",
             MetricType::Gauge);
  MetricFamily reading =
      family("dskeeper_source_read_timestamp_seconds",
             "When the delegations of the zone were last read and believed.", MetricType::Gauge);
  MetricFamily journal = family("dskeeper_journal_entries_total", "Entries of the zone's journal.",
                                MetricType::Counter);
  MetricFamily waiting =
      family("dskeeper_wanted_looks", "Looks that were asked for and wait.", MetricType::Gauge);
  MetricFamily delegations =
      family("dskeeper_delegations", "Delegations of the zone when it was last counted, by status.",
             MetricType::Gauge);

  [[nodiscard]] std::vector<MetricFamily> all() && {
    return {std::move(cases),      std::move(changes),   std::move(breakers),
            std::move(pass_start), std::move(pass_end),  std::move(pass_children),
            std::move(pass_void),  std::move(pass_done), std::move(pass_total),
            std::move(reading),    std::move(journal),   std::move(waiting),
            std::move(delegations)};
  }
};

Result<void> add_queues(ZoneFamilies& families, store::Store& store, const dns::Name& zone) {
  const std::string text = zone.text();
  const auto cases = store.count_cases(zone);
  if (!cases) return tl::unexpected<Error>(cases.error());
  for (const auto& [outcome, count] : *cases) {
    add(families.cases, {{"zone", text}, {"outcome", outcome}}, static_cast<double>(count));
  }
  const auto changes = store.count_open_changes(zone);
  if (!changes) return tl::unexpected<Error>(changes.error());
  for (const ChangeState state : {ChangeState::queued, ChangeState::sent}) {
    const auto found = changes->find(state);
    const auto count = found == changes->end() ? 0.0 : static_cast<double>(found->second);
    add(families.changes, {{"zone", text}, {"state", std::string(to_text(state))}}, count);
  }
  const auto breakers = store.breakers(zone, Time::max());
  if (!breakers) return tl::unexpected<Error>(breakers.error());
  std::map<std::string_view, unsigned> kinds{{"bootstrap", 0}, {"update", 0}, {"delete", 0}};
  for (const Breaker& breaker : *breakers) {
    if (breaker.is_open()) ++kinds[to_text(breaker.kind)];
  }
  for (const auto& [kind, count] : kinds) {
    add(families.breakers, {{"zone", text}, {"kind", std::string(kind)}}, count);
  }
  return {};
}

void add_pass(ZoneFamilies& families, const store::PassRecord& pass) {
  const std::string zone = pass.parent.text();
  add(families.pass_start, {{"zone", zone}}, seconds_of(pass.started_at));
  if (pass.ended_at) add(families.pass_end, {{"zone", zone}}, seconds_of(*pass.ended_at));
  add(families.pass_void, {{"zone", zone}}, pass.is_void ? 1 : 0);
  for (const auto& [outcome, count] : pass.outcomes) {
    add(families.pass_children, {{"zone", zone}, {"outcome", outcome}}, static_cast<double>(count));
  }
}

Result<void> add_passes(ZoneFamilies& families, store::Store& store, const dns::Name& zone) {
  const auto pass = store.last_pass(zone);
  if (!pass) return tl::unexpected<Error>(pass.error());
  if (*pass) add_pass(families, **pass);
  const auto progress = store.find_progress(zone);
  if (!progress) return tl::unexpected<Error>(progress.error());
  if (*progress) {
    add(families.pass_done, {{"zone", zone.text()}}, static_cast<double>((*progress)->done));
    add(families.pass_total, {{"zone", zone.text()}}, static_cast<double>((*progress)->total));
  }
  const auto reading = store.find_roll_reading(zone);
  if (!reading) return tl::unexpected<Error>(reading.error());
  if (*reading) add(families.reading, {{"zone", zone.text()}}, seconds_of((*reading)->at));
  const auto head = store.journal_head(zone);
  if (!head) return tl::unexpected<Error>(head.error());
  add(families.journal, {{"zone", zone.text()}},
      *head ? static_cast<double>((*head)->number) : 0.0);
  return {};
}

Result<void> add_census(ZoneFamilies& families, store::Store& store, const dns::Name& zone) {
  const auto census = store.last_census_day(zone);
  if (!census) return tl::unexpected<Error>(census.error());
  if (!*census) return {};
  const store::CensusDay& last = **census;
  for (const auto& [status, count] :
       {std::pair("secure", last.secure), std::pair("unsigned", last.delegations - last.secure)}) {
    add(families.delegations, {{"zone", zone.text()}, {"status", status}},
        static_cast<double>(count));
  }
  return {};
}

// Of all zones together: who sends a NOTIFY says of which only in its question.
std::vector<MetricFamily> notify_families(const NotifyStanding& standing) {
  MetricFamily messages = family("dskeeper_notify_messages_total",
                                 "NOTIFYs that came, by what became of them.", MetricType::Counter);
  for (const auto& [outcome, count] : standing.messages) {
    add(messages, {{"outcome", outcome}}, static_cast<double>(count));
  }
  MetricFamily waiting = family("dskeeper_notified_looks",
                                "Looks that NOTIFYs asked for and that wait.", MetricType::Gauge);
  add(waiting, {}, static_cast<double>(standing.waiting));
  return {messages, waiting};
}

std::vector<MetricFamily> own_families(const Settings& settings, const ServerCounts& counts) {
  MetricFamily build = family("dskeeper_build_info", "The version that runs.", MetricType::Gauge);
  add(build, {{"version", settings.version}}, 1);
  MetricFamily responses = family("dskeeper_http_responses_total",
                                  "Responses of the HTTP server, by status.", MetricType::Counter);
  for (const auto& [status, count] : counts.responses) {
    add(responses, {{"code", std::to_string(status)}}, static_cast<double>(count));
  }
  MetricFamily connections =
      family("dskeeper_http_connections", "Connections to the HTTP server that are open.",
             MetricType::Gauge);
  add(connections, {}, static_cast<double>(counts.connections));
  return {build, responses, connections};
}

}  // namespace

Result<std::string> metrics_text(store::Store& store, const Settings& settings, const Desk& desk,
                                 const ServerCounts& counts) {
  ZoneFamilies families;
  for (const ParentZone& parent : settings.parents) {
    if (auto added = add_queues(families, store, parent.zone); !added) {
      return pass_on(std::move(added));
    }
    if (auto added = add_passes(families, store, parent.zone); !added) {
      return pass_on(std::move(added));
    }
    if (auto added = add_census(families, store, parent.zone); !added) {
      return pass_on(std::move(added));
    }
    add(families.waiting, {{"zone", parent.zone.text()}},
        static_cast<double>(desk.looks_waiting(parent.zone)));
  }
  std::vector<MetricFamily> all = own_families(settings, counts);
  if (const auto standing = desk.notify_standing()) {
    for (MetricFamily& one : notify_families(*standing)) all.push_back(std::move(one));
  }
  for (MetricFamily& one : std::move(families).all()) {
    if (!one.metric.empty()) all.push_back(std::move(one));
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, all);
  return std::move(out).str();
}

}  // namespace dskeeper::web
