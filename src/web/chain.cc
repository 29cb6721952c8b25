#include "web/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "dns/rrset.h"

namespace dskeeper::web {
namespace {

constexpr std::array chain_types{dns::RecordType::dnskey, dns::RecordType::cds,
                                 dns::RecordType::cdnskey};

// The tags of the keys that a CDS or CDNSKEY RRset names, each once: for people, who know keys by
// them.
std::string tags_of(const dns::Rrset& rrset) {
  std::set<std::uint16_t> tags;
  for (const Bytes& rdata : rrset.rdata) {
    if (rrset.type == dns::RecordType::cds) {
      if (const auto ds = dns::Ds::from_rdata(rdata)) tags.insert(ds->key_tag.value);
    } else if (const auto key = dns::Dnskey::from_rdata(rdata)) {
      tags.insert(key->key_tag().value);
    }
  }
  return fmt::format("{}", fmt::join(tags, ", "));
}

// Of a DNSKEY or CDNSKEY RRset; what is none is passed over.
std::vector<dns::Dnskey> keys_of(const dns::Rrset& rrset) {
  std::vector<dns::Dnskey> keys;
  for (const Bytes& rdata : rrset.rdata) {
    if (auto key = dns::Dnskey::from_rdata(rdata)) keys.push_back(*std::move(key));
  }
  return keys;
}

bool is_led_to(const std::vector<dns::Dnskey>& keys, const dns::DsSet& ds, const dns::Name& child) {
  return std::ranges::any_of(keys, [&](const dns::Dnskey& key) {
    return std::ranges::any_of(ds,
                               [&](const dns::Ds& one) { return dns::names_key(one, child, key); });
  });
}

// The tags of those that a DS may lead to.
std::string entry_points_of(const std::vector<dns::Dnskey>& keys) {
  std::set<std::uint16_t> tags;
  for (const dns::Dnskey& key : keys) {
    if (key.is_secure_entry_point()) tags.insert(key.key_tag().value);
  }
  return fmt::format("{}", fmt::join(tags, ", "));
}

bool is_accused(const Case& value, const ServerAddress& server) {
  return std::ranges::any_of(value.findings, [&](const Finding& finding) {
    return finding.severity() == Severity::error &&
           std::ranges::find(finding.servers, server) != finding.servers.end();
  });
}

ChainLink keys_link(const std::vector<dns::Dnskey>& keys, const Delegation& delegation) {
  const std::string text = "DNSKEY " + entry_points_of(keys);
  if (!delegation.is_secure()) return {Light::grey, text + ", no DS leads to it"};
  if (is_led_to(keys, delegation.ds, delegation.child)) return {Light::green, text};
  return {Light::red, text + ", no DS matches"};
}

// Of an answer with keys lead() says the rest.
ChainLink link_of(const Answer& answer, const dns::Name& child, ChainServer& server) {
  const std::string type = dns::to_text(answer.type);
  switch (answer.status) {
    case AnswerStatus::nodata:
      return {Light::grey, "no " + type};
    case AnswerStatus::not_asked:
      return {Light::grey, type + ": not asked"};
    case AnswerStatus::answer:
      break;
    default:
      return {Light::red, fmt::format("{}: {}", type, to_text(answer.status))};
  }
  const auto message = dns::parse_message(answer.wire, answer.asked_at);
  const dns::Rrset* const rrset = message ? message->find_answer(child, answer.type) : nullptr;
  if (rrset == nullptr) return {Light::red, type + ": malformed"};
  if (answer.type == dns::RecordType::dnskey) {
    server.keys = keys_of(*rrset);
    return server.keys.empty() ? ChainLink{Light::red, type + ": malformed"} : ChainLink{};
  }
  return {Light::green, type + " " + tags_of(*rrset)};
}

std::set<ServerAddress> servers_of(const Survey& survey) {
  std::set<ServerAddress> servers;
  for (const Answer& answer : survey.answers) servers.insert(answer.server);
  return servers;
}

ChainServer server_of(const ServerAddress& server, const Survey& survey, const dns::Name& child) {
  ChainServer out{server, {}, {}};
  for (const dns::RecordType type : chain_types) {
    const auto found = std::ranges::find_if(survey.answers, [&](const Answer& answer) {
      return answer.server == server && answer.type == type;
    });
    out.links.push_back(found == survey.answers.end()
                            ? ChainLink{Light::grey, dns::to_text(type) + ": not asked"}
                            : link_of(*found, child, out));
  }
  return out;
}

ChainLink parent_link(const Delegation& delegation) {
  if (!delegation.is_secure()) return {Light::grey, "no DS"};
  std::set<std::uint16_t> tags;
  for (const dns::Ds& ds : delegation.ds) tags.insert(ds.key_tag.value);
  return {Light::green, fmt::format("DS {}", fmt::join(tags, ", "))};
}

}  // namespace

std::string_view to_text(Light light) {
  switch (light) {
    case Light::green:
      return "good";
    case Light::grey:
      return "none";
    case Light::red:
      return "bad";
  }
  return "";
}

Chain chain_of(const Evidence& evidence) {
  Chain chain;
  chain.outcome = evidence.decision.outcome;
  chain.request_id = evidence.decision.request_id;
  chain.parent = parent_link(evidence.delegation);
  if (evidence.surveys.empty()) return chain;
  const Survey& survey = evidence.surveys.front();
  chain.seen_at = survey.ended_at;
  for (const ServerAddress& server : servers_of(survey)) {
    if (chain.servers.size() == chain_servers_max) {
      ++chain.left_out;
    } else {
      chain.servers.push_back(server_of(server, survey, evidence.delegation.child));
    }
  }
  lead(chain, evidence.delegation);
  return chain;
}

void lead(Chain& chain, const Delegation& delegation) {
  chain.parent = parent_link(delegation);
  for (ChainServer& server : chain.servers) {
    if (!server.keys.empty()) server.links.front() = keys_link(server.keys, delegation);
  }
}

// What is wrong with its keys the chain itself says.
void accuse(Chain& chain, const Case& value) {
  if (chain.outcome != value.outcome || chain.request_id != value.request_id) return;
  for (ChainServer& server : chain.servers) {
    if (!is_accused(value, server.server)) continue;
    for (std::size_t at = 0; at < server.links.size(); ++at) {
      ChainLink& link = server.links[at];
      if (chain_types[at] != dns::RecordType::dnskey && link.light == Light::green) {
        link.light = Light::red;
      }
    }
  }
}

std::string described(const Chain& chain) {
  std::string out =
      fmt::format("The parent has {} ({}).", chain.parent.text, to_text(chain.parent.light));
  for (const ChainServer& server : chain.servers) {
    out += fmt::format(" {}:", server.server.text());
    for (std::size_t at = 0; at < server.links.size(); ++at) {
      const ChainLink& link = server.links[at];
      out += fmt::format("{} {} ({})", at == 0 ? "" : ",", link.text, to_text(link.light));
    }
    out += '.';
  }
  if (chain.left_out > 0) out += fmt::format(" {} more servers are not shown.", chain.left_out);
  return out;
}

}  // namespace dskeeper::web
