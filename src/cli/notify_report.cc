#include "cli/notify_report.h"

#include <fmt/core.h>

#include <boost/json.hpp>

namespace dskeeper::cli {
namespace json = boost::json;
namespace {

json::array steps_of(const child::Discovery& discovery) {
  json::array steps;
  for (const child::DiscoveryStep& step : discovery.steps) {
    steps.push_back(json::object{{"name", step.name.text()},
                                 {"status", std::string(to_text(step.status))},
                                 {"validated", step.is_validated}});
  }
  return steps;
}

json::value text_or_null(const std::optional<dns::Name>& name) {
  return name ? json::value(name->text()) : json::value(nullptr);
}

json::value answer_of(const child::NotifyResult& result) {
  if (!result.rcode) return nullptr;
  return json::object{{"from", result.from.text()},
                      {"rcode", dns::to_text(*result.rcode)},
                      {"round_trip_ms", result.round_trip.count()}};
}

}  // namespace

std::string to_json(const NotifyReport& report) {
  json::object out;
  out["child"] = report.child.text();
  out["type"] = dns::to_text(report.type);
  out["outcome"] = report.outcome;
  out["reason"] = report.reason.empty() ? json::value(nullptr) : json::value(report.reason);
  out["discovery"] = report.discovery ? steps_of(*report.discovery) : json::array();
  out["target"] = report.target ? json::value(report.target->text()) : json::value(nullptr);
  json::array servers;
  for (const ServerAddress& server : report.servers) servers.emplace_back(server.text());
  out["servers"] = std::move(servers);
  out["agent"] = text_or_null(report.agent);
  out["messages"] = report.result ? report.result->sent : 0U;
  out["answer"] = report.result ? answer_of(*report.result) : json::value(nullptr);
  json::array remarks;
  for (const std::string& remark : report.remarks) remarks.emplace_back(remark);
  out["remarks"] = std::move(remarks);
  return json::serialize(out);
}

std::vector<std::string> discovery_lines(const child::Discovery& discovery) {
  std::vector<std::string> lines;
  for (const child::DiscoveryStep& step : discovery.steps) {
    std::string line = fmt::format("DSYNC of {}: {}", step.name.text(), to_text(step.status));
    // Of an answer with data the status says it already.
    const bool is_denial = step.status == net::ResolutionStatus::nodata ||
                           step.status == net::ResolutionStatus::nxdomain;
    if (is_denial) line += step.is_validated ? ", proven" : ", not signed";
    lines.push_back(std::move(line));
  }
  for (const dns::Dsync& dsync : discovery.records) lines.push_back("  " + dsync.text());
  return lines;
}

}  // namespace dskeeper::cli
