// The JSON that people and dashboards read, as contract.md fixes it.
#include <fmt/core.h>

#include "model/json.h"
#include "model/json_change.h"
#include "model/json_parts.h"

namespace dskeeper {
namespace {

namespace json = boost::json;
using json_parts::clean;
using json_parts::time_text;
using json_parts::write;
using json_parts::write_list;

// As JSON, without the octets that a terminal obeys: DEL and C1 (U+0080 to U+009F), which JSON
// leaves as they are, and which can stand in its strings only.
std::string shown(const json::value& value) {
  const std::string text = json::serialize(value);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto octet = static_cast<unsigned char>(text[at]);
    const auto next = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : 0);
    if (octet == 0x7F) {
      out += "\\u007f";
    } else if (octet == 0xC2 && next >= 0x80 && next <= 0x9F) {
      out += fmt::format("\\u{:04x}", next);
      ++at;
    } else {
      out += text[at];
    }
  }
  return out;
}

json::array server_texts(const std::vector<ServerAddress>& servers) {
  json::array out;
  for (const ServerAddress& server : servers) out.push_back(clean(server.text()));
  return out;
}

json::value finding_json(const Finding& finding) {
  const FindingKind& kind = kind_of(finding.code);
  return json::object{{"code", clean(kind.name)},
                      {"severity", clean(to_text(kind.severity))},
                      {"rule", clean(kind.rule)},
                      {"servers", server_texts(finding.servers)},
                      {"text", clean(finding.text())}};
}

json::array findings_json(const std::vector<Finding>& findings) {
  json::array out;
  for (const Finding& finding : findings) out.push_back(finding_json(finding));
  return out;
}

json::value delegation_json(const Delegation& delegation) {
  return json::object{{"status", delegation.is_secure() ? "secure" : "unsigned"},
                      {"ns", write_list(delegation.hosts())},
                      {"ds", write_list(delegation.ds)}};
}

json::value change_json(const std::optional<Change>& change) {
  if (!change) return nullptr;
  return json::object{
      {"state", clean(to_text(change->state))},
      {"at", time_text(change->at())},
      {"reason", change->reason.empty() ? json::value(nullptr) : write(change->reason)}};
}

// What `approve` is to be given; null where nothing is asked.
json::value id_json(const std::string& request_id) {
  return request_id.empty() ? json::value(nullptr) : write(request_id);
}

// Only what is accepted or held would stand.
json::value ds_json(const Case& value) {
  const bool would_stand = value.outcome == Outcome::accept || value.outcome == Outcome::hold;
  return would_stand && value.ds ? write_list(*value.ds) : json::value(nullptr);
}

std::vector<std::string> glue_texts(const std::vector<NameServer>& name_servers) {
  std::vector<std::string> out;
  for (const NameServer& server : name_servers) {
    for (const IpAddress& address : server.glue) {
      out.push_back(server.host.text() + " " + address.text());
    }
  }
  return out;
}

// As with DS; what would not change is null.
json::value csync_json(const Case& value) {
  const CsyncCase& csync = value.csync;
  json::object out{{"outcome", clean(to_text(csync.outcome))},
                   {"request_id", id_json(csync.request_id)},
                   {"ready_at", time_text(csync.ready_at)},
                   {"ns", nullptr},
                   {"glue", nullptr}};
  const bool would_stand = csync.outcome == Outcome::accept || csync.outcome == Outcome::hold;
  if (!would_stand || !csync.name_servers) return out;
  Delegation after;
  after.name_servers = *csync.name_servers;
  if (after.hosts() != value.delegation.hosts()) out["ns"] = write_list(after.hosts());
  const auto glue = glue_texts(after.name_servers);
  if (glue != glue_texts(value.delegation.name_servers)) out["glue"] = write_list(glue);
  return out;
}

// Of both requests.
std::vector<Finding> all_findings(const Case& value) {
  std::vector<Finding> out = value.findings;
  out.insert(out.end(), value.csync.findings.begin(), value.csync.findings.end());
  sort_findings(out);
  return out;
}

// An event's details are JSON already; text that is not stays text.
json::value details_json(const std::string& details) {
  json_parts::Trouble trouble;
  json::value value = json_parts::parse(details, json_parts::case_octets_max, trouble);
  return trouble.found() ? write(details) : value;
}

}  // namespace

std::string case_to_contract_json(const Case& value) {
  return shown(json::object{{"child", write(value.child)},
                            {"parent", write(value.parent)},
                            {"at", time_text(value.at)},
                            {"policy", write(value.policy)},
                            {"delegation", delegation_json(value.delegation)},
                            {"request", clean(to_text(value.request))},
                            {"request_id", id_json(value.request_id)},
                            {"outcome", clean(to_text(value.outcome))},
                            {"ready_at", time_text(value.ready_at)},
                            {"ds", ds_json(value)},
                            {"change", change_json(value.change)},
                            {"csync", csync_json(value)},
                            {"first_valid_at", time_text(value.first_valid_at)},
                            {"last_valid_at", time_text(value.last_valid_at)},
                            {"findings", findings_json(all_findings(value))}});
}

std::string change_to_contract_json(const Change& value) {
  json::object out = json_parts::write_change(value).as_object();
  out["queued_at"] = time_text(value.queued_at);
  out["judged_at"] = time_text(value.judged_at);
  out["sent_at"] = time_text(value.sent_at);
  out["taken_at"] = time_text(value.taken_at);
  out["ended_at"] = time_text(value.ended_at);
  return shown(out);
}

std::string act_to_contract_json(const Act& value) {
  return shown(json::object{
      {"kind", clean(to_text(value.kind))},
      {"parent", write(value.parent)},
      {"child", write(value.child)},
      {"at", time_text(value.at)},
      {"actor", write(value.actor)},
      {"reason", write(value.reason)},
      {"request_id", id_json(value.request_id)},
      {"reset_replay", value.reset_replay},
      {"breaker_kind", value.breaker_kind ? json::value(clean(to_text(*value.breaker_kind)))
                                          : json::value(nullptr)},
      {"breaker_operator", write(value.breaker_operator)}});
}

std::string breaker_to_contract_json(const Breaker& value) {
  return shown(json::object{{"parent", write(value.parent)},
                            {"kind", clean(to_text(value.kind))},
                            {"operator", write(value.operator_name)},
                            {"tripped_at", time_text(value.tripped_at)},
                            {"changes", value.changes},
                            {"limit", value.limit},
                            {"resumed_at", time_text(value.resumed_at)}});
}

std::string event_to_json(const JournalEntry& entry, const std::optional<Duration>& after_notify) {
  const Event& event = entry.event;
  json::object out{{"number", entry.number},
                   {"parent", write(event.parent)},
                   {"child", write(event.child)},
                   {"at", time_text(event.at)},
                   {"kind", clean(to_text(event.kind))},
                   {"summary", write(event.summary)},
                   {"details", details_json(event.details)},
                   {"hash", clean(to_hex(entry.hash))}};
  if (after_notify) out["after_notify_ms"] = after_notify->count();
  return shown(std::move(out));
}

std::string decision_to_json(const Case& value, const Verdict& verdict) {
  json::object out{{"request", clean(to_text(value.request))},
                   {"request_id", write(value.request_id)},
                   {"outcome", clean(to_text(value.outcome))},
                   {"ruling", clean(to_text(verdict.ruling))},
                   {"ready_at", time_text(value.ready_at)},
                   {"standing", write_list(value.delegation.ds)},
                   {"ds", ds_json(value)},
                   {"policy", write(value.policy)},
                   {"revision", write(value.delegation.revision)},
                   {"look", verdict.look.value},
                   {"vantages", write_list(verdict.vantages)},
                   {"servers", server_texts(verdict.asked)},
                   {"silent", server_texts(verdict.silent)},
                   {"findings", findings_json(all_findings(value))}};
  // Most decisions have nothing to do with CSYNC.
  if (!value.csync.empty()) out.emplace("csync", csync_json(value));
  return shown(std::move(out));
}

}  // namespace dskeeper
