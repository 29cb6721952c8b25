#include "cli/case_text.h"

#include <fmt/core.h>

#include "cli/explain_csync.h"
#include "cli/typed_name.h"
#include "model/csync_sentence.h"
#include "model/deciding_finding.h"

namespace dskeeper::cli {
namespace {

std::string finding_text(const Finding& finding) {
  const FindingKind& kind = kind_of(finding.code);
  std::string out = fmt::format("  {:9}  {} ({}, {})\n", to_text(kind.severity), finding.text(),
                                kind.name, kind.rule);
  if (!kind.remedy.empty()) out += fmt::format("             What to do: {}\n", kind.remedy);
  return out;
}

std::string csync_text(const CsyncCase& csync) {
  std::string out = fmt::format("  CSYNC      {}", to_text(csync.outcome));
  if (csync.ready_at) out += fmt::format(", until {}", format_time(*csync.ready_at));
  out += '\n' + name_servers_text(csync, "  NS wanted  ");
  if (!csync.request_id.empty()) out += fmt::format("  request    {}\n", csync.request_id);
  for (const Finding& finding : csync.findings) out += finding_text(finding);
  return out;
}

}  // namespace

std::string case_line(const Case& value) {
  std::string line = fmt::format("{:32} {:10} {}", shown_name(value.child), to_text(value.outcome),
                                 to_text(value.request));
  if (value.ready_at) line += fmt::format(" until {}", format_time(*value.ready_at));
  const Finding* finding = deciding_finding(value);
  if (finding != nullptr) line += ": " + finding->text();
  if (has_csync(value)) line += fmt::format(" [CSYNC {}]", to_text(value.csync.outcome));
  return line;
}

std::string case_text(const Case& value) {
  std::string out = fmt::format("{}: {}", shown_name(value.child), to_text(value.outcome));
  if (value.request != Request::none) out += fmt::format(", asks for {}", to_text(value.request));
  if (value.ready_at) out += fmt::format(", until {}", format_time(*value.ready_at));
  out += fmt::format(" (looked at {})\n", format_time(value.at));
  for (const dns::Ds& ds : value.delegation.ds) out += fmt::format("  DS now     {}\n", ds.text());
  if (value.ds) {
    for (const dns::Ds& ds : *value.ds) out += fmt::format("  DS wanted  {}\n", ds.text());
    if (value.ds->empty()) out += "  DS wanted  none\n";
  }
  if (!value.request_id.empty()) out += fmt::format("  request    {}\n", value.request_id);
  if (value.first_valid_at) {
    out += fmt::format("  valid      first seen {}", format_time(*value.first_valid_at));
    if (value.last_valid_at) out += fmt::format(", last {}", format_time(*value.last_valid_at));
    out += '\n';
  }
  if (value.change) {
    out += fmt::format("  change     {} since {}{}\n", to_text(value.change->state),
                       format_time(value.change->at()),
                       value.change->reason.empty() ? "" : ": " + value.change->reason);
  }
  for (const Finding& finding : value.findings) out += finding_text(finding);
  if (has_csync(value)) out += csync_text(value.csync);
  return out;
}

Result<std::string> pending_text(store::Store& store, const dns::Name& parent,
                                 const dns::Name& child) {
  auto acts = store.pending_acts(parent);
  if (!acts) return pass_on(std::move(acts));
  std::string out;
  for (const Act& act : *acts) {
    if (act.child != child) continue;
    out += fmt::format("  decided    {} by {} at {}{}{}, not yet obeyed\n", to_text(act.kind),
                       act.actor, format_time(act.at), act.reason.empty() ? "" : ", because ",
                       act.reason);
  }
  return out;
}

}  // namespace dskeeper::cli
