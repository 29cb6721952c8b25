#include "web/domain_json.h"

#include <set>

#include "model/json.h"
#include "model/json_parts.h"
#include "web/chain.h"

namespace dskeeper::web {
namespace {

namespace json = boost::json;

using json_parts::clean;
using json_parts::time_text;

json::value hold_json(const std::optional<Case>& value, Time now) {
  const auto hold = value ? hold_of(*value, now) : std::nullopt;
  if (!hold) return nullptr;
  return json::object{
      {"since", time_text(hold->since)},
      {"until", time_text(hold->until)},
      {"seconds_left", std::chrono::ceil<std::chrono::seconds>(hold->left).count()}};
}

// What to do about each kind of finding, once.
json::array advice_json(const std::optional<Case>& value) {
  json::array out;
  std::set<FindingCode> said;
  if (!value) return out;
  for (const auto* findings : {&value->findings, &value->csync.findings}) {
    for (const Finding& finding : *findings) {
      const FindingKind& kind = kind_of(finding.code);
      if (kind.remedy.empty() || !said.insert(finding.code).second) continue;
      out.push_back(json::object{{"code", clean(kind.name)}, {"text", clean(kind.remedy)}});
    }
  }
  return out;
}

json::array log_json(const std::vector<Event>& log) {
  json::array out;
  for (const Event& event : log) {
    out.push_back(json::object{{"at", time_text(event.at)},
                               {"kind", clean(to_text(event.kind))},
                               {"summary", clean(event.summary)}});
  }
  return out;
}

json::object link_json(const ChainLink& link) {
  return {{"state", clean(to_text(link.light))}, {"text", clean(link.text)}};
}

json::value chain_json(const Domain& domain) {
  if (!domain.chain) return nullptr;
  const Chain& chain = *domain.chain;
  json::array servers;
  for (const ChainServer& server : chain.servers) {
    json::array links;
    for (const ChainLink& link : server.links) links.push_back(link_json(link));
    servers.push_back(json::object{{"server", clean(server.server.text())}, {"links", links}});
  }
  return json::object{{"seen_at", time_text(chain.seen_at)},
                      {"parent", link_json(chain.parent)},
                      {"servers", servers},
                      {"servers_left_out", chain.left_out}};
}

json::value delegation_word(const Domain& domain) {
  if (!domain.is_delegated()) return nullptr;
  return *domain.is_secure ? "secure" : "unsigned";
}

}  // namespace

std::string domain_json(const Domain& domain, Time now) {
  std::string out = json::serialize(json::object{{"name", clean(domain.name.text())},
                                                 {"parent", clean(domain.parent.text())},
                                                 {"policy", clean(domain.policy)},
                                                 {"delegation", delegation_word(domain)},
                                                 {"parent_read_at", time_text(domain.read_at)},
                                                 {"standing", clean(standing_of(domain))},
                                                 {"hold", hold_json(domain.value, now)},
                                                 {"advice", advice_json(domain.value)},
                                                 {"chain", chain_json(domain)},
                                                 {"log", log_json(domain.log)}});
  // The case as the contract has it, octet by octet.
  out.pop_back();
  out += ",\"case\":";
  out += domain.value ? case_to_contract_json(*domain.value) : "null";
  return out + "}";
}

std::string check_json(const dns::Name& name) {
  return json::serialize(json::object{{"name", clean(name.text())}, {"state", "queued"}});
}

}  // namespace dskeeper::web
