#include "cli/explain_signals.h"

#include <fmt/core.h>

#include <map>
#include <vector>

#include "dns/rrset.h"
#include "model/signaling_name.h"

namespace dskeeper::cli {
namespace {

// Who has one record.
struct Places {
  std::vector<std::string> apex;
  std::vector<std::string> signals;
};
using Table = std::map<std::pair<dns::RecordType, Bytes>, Places>;

std::vector<Bytes> rdata_in(const Bytes& wire, const dns::Name& owner, dns::RecordType type,
                            Time now) {
  const auto message = dns::parse_message(wire, now);
  const dns::Rrset* rrset = message ? message->find_answer(owner, type) : nullptr;
  return rrset == nullptr ? std::vector<Bytes>() : rrset->rdata;
}

bool is_signalled_type(dns::RecordType type) {
  return type == dns::RecordType::cds || type == dns::RecordType::cdnskey;
}

Table table_of(const Survey& survey) {
  Table table;
  for (const Answer& answer : survey.answers) {
    if (!is_signalled_type(answer.type)) continue;
    for (Bytes& rdata : rdata_in(answer.wire, survey.child, answer.type, survey.started_at)) {
      table[{answer.type, std::move(rdata)}].apex.push_back(answer.server.text());
    }
  }
  for (const HostSignals& host : survey.signals.hosts) {
    const auto name = signaling_name(survey.child, host.host);
    if (!name) continue;
    for (const SignalAnswer& answer : host.answers) {
      for (Bytes& rdata : rdata_in(answer.wire, *name, answer.type, survey.started_at)) {
        table[{answer.type, std::move(rdata)}].signals.push_back(host.host.text());
      }
    }
  }
  return table;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out.empty() ? "nowhere" : out;
}

std::string record_text(dns::RecordType type, const Bytes& rdata) {
  constexpr std::size_t text_max = 66;
  std::string text = dns::rdata_text(type, rdata);
  if (text.size() > text_max) text = text.substr(0, text_max - 3) + "...";
  return fmt::format("{} {}", dns::to_text(type), text);
}

void add_host(std::string& out, const HostSignals& host, const dns::Name& child) {
  const auto name = signaling_name(child, host.host);
  out +=
      fmt::format("     {}\n", name ? name->text() : "too long a name under " + host.host.text());
  for (const SignalAnswer& answer : host.answers) {
    out += fmt::format("       {:8}{}{}\n", dns::to_text(answer.type), to_text(answer.status),
                       answer.why.empty() ? "" : ": " + answer.why);
  }
}

}  // namespace

std::string signals_text(const Survey& survey) {
  if (survey.signals.empty()) return {};
  std::string out =
      "   Signals for the first DS (RFC 9615), as the validating resolver found them\n";
  for (const HostSignals& host : survey.signals.hosts) add_host(out, host, survey.child);
  for (const auto& [record, places] : table_of(survey)) {
    out += fmt::format("     {}\n", record_text(record.first, record.second));
    out += fmt::format("       at the apex    {}\n", joined(places.apex));
    out += fmt::format("       signalled at   {}\n", joined(places.signals));
  }
  return out;
}

}  // namespace dskeeper::cli
