#include "report/error_report.h"

#include <fmt/core.h>

#include <algorithm>

#include "model/report_agent.h"

namespace dskeeper::report {

Result<dns::Name> ErrorReport::name() const {
  static const dns::Name label = dns::Name::parse("_er.").value();
  const auto number = [](unsigned value) { return dns::Name::parse(fmt::format("{}.", value)); };
  // From the right to the left: each step fails where there is no room for it.
  auto out = agent.with_prefix(label);
  if (out) out = out->with_prefix(number(static_cast<unsigned>(extended_error)).value());
  if (out) out = out->with_prefix(child);
  if (out) out = out->with_prefix(number(static_cast<unsigned>(type)).value());
  if (out) out = out->with_prefix(label);
  return out;
}

std::optional<Told> report_of(const dns::Name& child, std::span<const Finding> findings,
                              std::span<const FindingCode> due, dns::RecordType type,
                              const dns::Name& agent, std::span<const dns::Name> hosts) {
  if (check_agent(agent, child, hosts) != AgentTrouble::none) return std::nullopt;
  // The worst first, as the case has them: one report a look.
  const auto found = std::ranges::find_if(findings, [&](const Finding& finding) {
    return std::ranges::find(due, finding.code) != due.end();
  });
  if (found == findings.end()) return std::nullopt;
  return Told{found->code, {child, type, kind_of(found->code).extended_error, agent}};
}

}  // namespace dskeeper::report
