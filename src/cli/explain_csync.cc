#include "cli/explain_csync.h"

#include <fmt/core.h>

#include <map>

#include "dns/csync.h"
#include "dns/rrset.h"

namespace dskeeper::cli {
namespace {

std::string record_text(dns::RecordType type, const Bytes& rdata) {
  if (type != dns::RecordType::csync) return dns::rdata_text(type, rdata);
  const auto csync = dns::Csync::from_rdata(rdata);
  return csync ? csync->text() : "malformed";
}

void add_answer(std::string& out, const dns::Name& name, const Answer& answer, Time now) {
  out += fmt::format("       {} {}: {}\n", name.text(), dns::to_text(answer.type),
                     to_text(answer.status));
  const auto message = dns::parse_message(answer.wire, now);
  const dns::Rrset* rrset = message ? message->find_answer(name, answer.type) : nullptr;
  if (rrset == nullptr) return;
  for (const Bytes& rdata : rrset->rdata) {
    out += fmt::format("         {}\n", record_text(answer.type, rdata));
  }
}

}  // namespace

std::string csync_survey_text(const Survey& survey) {
  const CsyncSurvey& csync = survey.csync;
  if (csync.empty()) return {};
  std::map<std::string, std::string> by_server;
  for (const CsyncAnswer& asked : csync.answers) {
    add_answer(by_server[asked.answer.server.text()], asked.name, asked.answer, survey.started_at);
  }
  std::string out = "   CSYNC and what it points to (RFC 7477), in one run at each server\n";
  for (const auto& [server, text] : by_server) out += fmt::format("     {}\n{}", server, text);
  if (csync.new_answers.empty()) return out;
  out += "   Servers that would come, asked whether they serve the child\n";
  for (const Answer& answer : csync.new_answers) {
    out += fmt::format("     {} {}: {}\n", answer.server.text(), dns::to_text(answer.type),
                       to_text(answer.status));
  }
  return out;
}

std::string name_servers_text(const CsyncCase& value, const std::string& indent) {
  std::string out;
  if (!value.name_servers) return out;
  for (const NameServer& server : *value.name_servers) {
    out += indent + server.host.text();
    for (const IpAddress& address : server.glue) out += " " + address.text();
    out += '\n';
  }
  return out;
}

}  // namespace dskeeper::cli
