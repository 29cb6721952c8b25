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
bool goes_on(const Case& value) {
  return value.outcome == Outcome::retry && value.ready_at.has_value();
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
  // What fails is found in the records that a NOTIFY for CDS is about.
  if (!notice.agent || !notice.cds) return;
  const std::vector<dns::Name> hosts = delegation.hosts();
  if (check_agent(*notice.agent, notice.child, hosts) != AgentTrouble::none) return;
  if (agents_.size() >= agents_max) {
    std::erase_if(agents_,
                  [&](const auto& entry) { return now - entry.second.heard_at >= remembered_for; });
    if (agents_.size() >= agents_max) return;
  }
  agents_[notice.child] = {*notice.agent, now};
}

void AgentReports::tell(keeper::Step& step, const Delegation& delegation, Time now) {
  const auto found = agents_.find(delegation.child);
  if (found == agents_.end() || goes_on(step.next)) return;
  const Agent agent = found->second;
  if (now - agent.heard_at >= remembered_for) {
    agents_.erase(found);
    return;
  }
  const std::vector<FindingCode> due = due_codes(step.next, now);
  const std::vector<dns::Name> hosts = delegation.hosts();
  const auto told = report::report_of(step.next, due, dns::RecordType::cds, agent.name, hosts);
  if (!told) {
    agents_.erase(found);
    return;
  }
  const report::ReportOutcome outcome = channel_.send(told->report, now);
  if (outcome == report::ReportOutcome::no_room) return;  // at the next look
  agents_.erase(found);
  if (outcome != report::ReportOutcome::sent) return;
  step.next =
      keeper::with_report(std::move(step.next), {told->code, keeper::Audience::technical}, now);
  step.is_worth_storing = true;
  step.events.push_back(report_event(*told, delegation, now));
}

}  // namespace dskeeper::cli
