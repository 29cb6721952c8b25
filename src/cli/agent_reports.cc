#include "cli/agent_reports.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "keeper/reports.h"
#include "model/finding.h"
#include "model/report_agent.h"
#include "report/error_report.h"

namespace dskeeper::cli {
namespace {

std::vector<FindingCode> due_codes(const Case& value, Time now) {
  std::vector<FindingCode> codes;
  for (const keeper::DueReport& due : keeper::due_reports(value, now)) {
    if (due.audience == keeper::Audience::technical) codes.push_back(due.code);
  }
  return codes;
}

// The check is repeated by itself, and may succeed yet.
bool goes_on(Outcome outcome, const std::optional<Time>& ready_at) {
  return outcome == Outcome::retry && ready_at.has_value();
}

// Of a request for name servers and glue, once it is refused. Nothing keeps count of these over
// time (keeper/reports.h is about the DS set); the channel sends none twice within a day.
std::vector<FindingCode> errors_of(const CsyncCase& csync) {
  std::vector<FindingCode> codes;
  if (csync.outcome != Outcome::refuse) return codes;
  for (const Finding& finding : csync.findings) {
    if (finding.severity() == Severity::error) codes.push_back(finding.code);
  }
  return codes;
}

Event report_event(const report::Told& told, const Delegation& delegation, Time now) {
  const std::string_view code = kind_of(told.code).name;
  boost::json::object details;
  details["audience"] = "technical";
  details["by"] = "report-channel";
  details["agent"] = told.report.agent.text();
  details["code"] = std::string(code);
  details["extended_error"] = told.report.extended_error;
  return {delegation.parent,
          delegation.child,
          now,
          EventKind::report,
          fmt::format("The agent {} is told of \"{}\" as extended DNS error {}.",
                      told.report.agent.text(), code, told.report.extended_error),
          boost::json::serialize(details)};
}

}  // namespace

void AgentReports::hear(const Notice& notice, const Delegation& delegation, Time now) {
  if (!notice.agent) return;
  const std::vector<dns::Name> hosts = delegation.hosts();
  if (check_agent(*notice.agent, notice.child, hosts) != AgentTrouble::none) return;
  if (agents_.size() >= agents_max) {
    std::erase_if(agents_,
                  [&](const auto& entry) { return now - entry.second.heard_at >= remembered_for; });
    if (agents_.size() >= agents_max) return;
  }
  Agent& agent = agents_[notice.child];
  agent.name = *notice.agent;
  agent.heard_at = now;
  agent.cds = agent.cds || notice.cds;
  agent.csync = agent.csync || notice.csync;
}

void AgentReports::tell(keeper::Step& step, const Delegation& delegation, Time now) {
  const auto found = agents_.find(delegation.child);
  if (found == agents_.end()) return;
  Agent& agent = found->second;
  if (now - agent.heard_at < remembered_for) {
    if (agent.cds) agent.cds = !tell_of_ds(step, agent, delegation, now);
    if (agent.csync) agent.csync = !tell_of_csync(step, agent, delegation, now);
    if (agent.cds || agent.csync) return;
  }
  agents_.erase(found);
}

// True where nothing is left to be told of this NOTIFY, as of the other.
bool AgentReports::tell_of_ds(keeper::Step& step, const Agent& agent, const Delegation& delegation,
                              Time now) {
  if (goes_on(step.next.outcome, step.next.ready_at)) return false;
  const std::vector<dns::Name> hosts = delegation.hosts();
  const auto told =
      report::report_of(step.next.child, step.next.findings, due_codes(step.next, now),
                        dns::RecordType::cds, agent.name, hosts);
  if (!told) return true;
  const report::ReportOutcome outcome = channel_.send(told->report, now);
  if (outcome != report::ReportOutcome::sent) return outcome != report::ReportOutcome::no_room;
  step.next =
      keeper::with_report(std::move(step.next), {told->code, keeper::Audience::technical}, now);
  step.is_worth_storing = true;
  step.events.push_back(report_event(*told, delegation, now));
  return true;
}

bool AgentReports::tell_of_csync(keeper::Step& step, const Agent& agent,
                                 const Delegation& delegation, Time now) {
  const CsyncCase& csync = step.next.csync;
  if (goes_on(csync.outcome, csync.ready_at)) return false;
  const std::vector<dns::Name> hosts = delegation.hosts();
  const auto told = report::report_of(step.next.child, csync.findings, errors_of(csync),
                                      dns::RecordType::csync, agent.name, hosts);
  if (!told) return true;
  const report::ReportOutcome outcome = channel_.send(told->report, now);
  if (outcome == report::ReportOutcome::sent) {
    step.events.push_back(report_event(*told, delegation, now));
  }
  return outcome != report::ReportOutcome::no_room;
}

}  // namespace dskeeper::cli
