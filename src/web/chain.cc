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

// The tags of the keys that an RRset names, each once: for people, who know keys by them.
std::string tags_of(const dns::Rrset& rrset) {
  std::set<std::uint16_t> tags;
  for (const Bytes& rdata : rrset.rdata) {
    if (rrset.type == dns::RecordType::cds) {
      if (const auto ds = dns::Ds::from_rdata(rdata)) tags.insert(ds->key_tag.value);
    } else if (const auto key = dns::Dnskey::from_rdata(rdata)) {
      if (rrset.type == dns::RecordType::cdnskey || key->is_secure_entry_point()) {
        tags.insert(key->key_tag().value);
      }
    }
  }
  std::string out;
  for (const std::uint16_t tag : tags) out += fmt::format("{}{}", out.empty() ? "" : ", ", tag);
  return out;
}

bool is_led_to(const dns::Rrset& keys, const dns::DsSet& ds, const dns::Name& child) {
  return std::ranges::any_of(keys.rdata, [&](const Bytes& rdata) {
    const auto key = dns::Dnskey::from_rdata(rdata);
    return key && std::ranges::any_of(
                      ds, [&](const dns::Ds& one) { return dns::names_key(one, child, *key); });
  });
}

bool is_accused(const Case& value, const ServerAddress& server) {
  return std::ranges::any_of(value.findings, [&](const Finding& finding) {
    return finding.severity() == Severity::error &&
           std::ranges::find(finding.servers, server) != finding.servers.end();
  });
}

ChainLink keys_link(const dns::Rrset& keys, const Evidence& evidence) {
  const std::string text = "DNSKEY " + tags_of(keys);
  const Delegation& delegation = evidence.delegation;
  if (!delegation.is_secure()) return {Light::grey, text + ", no DS leads to it"};
  if (is_led_to(keys, delegation.ds, delegation.child)) return {Light::green, text};
  return {Light::red, text + ", no DS matches"};
}

ChainLink link_of(const Answer& answer, const Evidence& evidence) {
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
  const dns::Rrset* const rrset =
      message ? message->find_answer(evidence.delegation.child, answer.type) : nullptr;
  if (rrset == nullptr) return {Light::red, type + ": malformed"};
  if (answer.type == dns::RecordType::dnskey) return keys_link(*rrset, evidence);
  return {Light::green, type + " " + tags_of(*rrset)};
}

std::set<ServerAddress> servers_of(const Survey& survey) {
  std::set<ServerAddress> servers;
  for (const Answer& answer : survey.answers) servers.insert(answer.server);
  return servers;
}

ChainServer server_of(const ServerAddress& server, const Survey& survey, const Evidence& evidence) {
  ChainServer out{server, {}};
  for (const dns::RecordType type : chain_types) {
    const auto found = std::ranges::find_if(survey.answers, [&](const Answer& answer) {
      return answer.server == server && answer.type == type;
    });
    out.links.push_back(found == survey.answers.end()
                            ? ChainLink{Light::grey, dns::to_text(type) + ": not asked"}
                            : link_of(*found, evidence));
  }
  return out;
}

ChainLink parent_link(const Evidence& evidence) {
  if (!evidence.delegation.is_secure()) return {Light::grey, "no DS"};
  std::set<std::uint16_t> tags;
  for (const dns::Ds& ds : evidence.delegation.ds) tags.insert(ds.key_tag.value);
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
  chain.parent = parent_link(evidence);
  if (evidence.surveys.empty()) return chain;
  const Survey& survey = evidence.surveys.front();
  chain.seen_at = survey.ended_at;
  for (const ServerAddress& server : servers_of(survey)) {
    if (chain.servers.size() == chain_servers_max) {
      ++chain.left_out;
    } else {
      chain.servers.push_back(server_of(server, survey, evidence));
    }
  }
  return chain;
}

// What is wrong with its keys the chain itself says.
void accuse(Chain& chain, const Case& value) {
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
