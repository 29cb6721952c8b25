// Test support: a secure child that asks by CSYNC for other name servers or glue.
//
// Beside what TestChild serves, each server has an SOA, CSYNC records, NS records and addresses of
// hosts inside the child; what would come as a name server answers as a test likes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dns/csync.h"
#include "rules/test_child.h"

namespace dskeeper::rules::test {

using dns::RecordType;

inline dns::Name named(const std::string& text) {
  return dns::Name::parse(text).value();
}
inline std::vector<dns::Name> names(const std::vector<std::string>& texts) {
  std::vector<dns::Name> out;
  for (const std::string& text : texts) out.push_back(named(text));
  return out;
}
inline IpAddress address(const std::string& text) {
  return IpAddress::parse(text).value();
}
inline std::vector<IpAddress> addresses(const std::vector<std::string>& texts) {
  std::vector<IpAddress> out;
  for (const std::string& text : texts) out.push_back(address(text));
  return out;
}

// What one server has of what CSYNC is about.
struct CsyncZone {
  std::uint32_t serial = 2026112401;
  std::uint32_t serial_after = 0;  // where it changes while it is asked; 0: it does not
  std::vector<dns::Csync> records;
  std::vector<dns::Name> hosts;  // of its NS set
  std::map<dns::Name, std::vector<IpAddress>> addresses;
  std::map<std::pair<dns::Name, RecordType>, AnswerStatus> statuses;  // answers so instead
  const TestKey* signer = nullptr;
  bool denies = true;                              // proves that data do not exist
  std::function<void(dns::Rrset&)> edit;           // of each RRset, after signing
  std::map<dns::Name, const TestKey*> grandchild;  // hosts of which a zone below answers

  void ask(std::uint16_t flags, std::set<RecordType> types, std::uint32_t from = 0) {
    records = {dns::Csync{dns::Serial{from}, flags, dns::TypeBitmap(std::move(types))}};
  }

  [[nodiscard]] dns::Rrset rrset(const dns::Name& owner, RecordType type,
                                 std::vector<Bytes> rdata) const {
    dns::Rrset made{owner, type, dns::Ttl{3600}, dns::make_rdata_set(std::move(rdata)), {}};
    const auto below = grandchild.find(owner);
    const bool is_below = below != grandchild.end();
    made.signatures.push_back(make_signature(made, is_below ? *below->second : *signer, {},
                                             is_below ? owner.parent() : child_name));
    if (edit) edit(made);
    return made;
  }

  [[nodiscard]] std::vector<Bytes> rdata_of(const dns::Name& name, RecordType type) const {
    std::vector<Bytes> out;
    if (type == RecordType::csync) {
      for (const dns::Csync& record : records) out.push_back(record.to_rdata());
    } else if (type == RecordType::ns) {
      for (const dns::Name& host : hosts) out.emplace_back(host.wire().begin(), host.wire().end());
    } else if (const auto found = addresses.find(name); found != addresses.end()) {
      for (const IpAddress& one : found->second) {
        if (one.is_v4() != (type == RecordType::a)) continue;
        out.emplace_back(one.octets().begin(), one.octets().end());
      }
    }
    return out;
  }

  // NSEC at the name, with the types that it has.
  [[nodiscard]] dns::Rrset nsec(const dns::Name& name) const {
    std::set<RecordType> types = {RecordType::rrsig, RecordType::nsec};
    const std::vector<RecordType> possible =
        name == child_name ? std::vector<RecordType>{RecordType::csync, RecordType::ns}
                           : std::vector<RecordType>{RecordType::a, RecordType::aaaa};
    for (const RecordType type : possible) {
      if (!rdata_of(name, type).empty()) types.insert(type);
    }
    if (name == child_name) types.insert({RecordType::soa, RecordType::dnskey});
    Bytes rdata(child_name.wire().begin(), child_name.wire().end());
    put_bytes(rdata, dns::TypeBitmap(std::move(types)).to_wire());
    return rrset(name, RecordType::nsec, {rdata});
  }

  [[nodiscard]] Response respond(const dns::Name& name, RecordType type,
                                 std::uint32_t soa_serial) const {
    const dns::Rrset soa = rrset(child_name, RecordType::soa, {soa_rdata(soa_serial)});
    if (type == RecordType::soa) {
      return {AnswerStatus::answer, make_message(type, {soa}, {}, name)};
    }
    if (std::vector<Bytes> rdata = rdata_of(name, type); !rdata.empty()) {
      const dns::Rrset found = rrset(name, type, std::move(rdata));
      return {AnswerStatus::answer, make_message(type, {found}, {}, name)};
    }
    std::vector<dns::Rrset> authority = {soa};
    if (denies) authority.push_back(nsec(name));
    return {AnswerStatus::nodata, make_message(type, {}, authority, name)};
  }
};

// What a server that would come answers.
struct NewServer {
  AnswerStatus status = AnswerStatus::answer;
  const TestKey* signer = nullptr;  // of its DNSKEY set
};

struct CsyncChild : TestChild {
  // The parent names ns1.op.example., ns2.op.example. …
  explicit CsyncChild(std::size_t servers = 2) : TestChild(true, servers) {
    CsyncZone zone;
    zone.signer = &a;
    for (std::size_t i = 0; i < servers; ++i) {
      hosts.push_back(server_address(i).host);
      says.push_back(zone);
      says.back().hosts = {};
    }
    for (CsyncZone& each : says) each.hosts = hosts;
  }

  // The parent names these instead, with these addresses as glue where they are inside the child.
  void name_servers(const std::vector<std::string>& texts) {
    hosts = names(texts);
    delegation.name_servers.clear();
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      NameServer server{hosts[i], {}};
      if (hosts[i].is_at_or_below(child_name)) server.glue = {server_address(i).address};
      delegation.name_servers.push_back(server);
      for (CsyncZone& zone : says) {
        if (!server.glue.empty()) zone.addresses[hosts[i]] = server.glue;
      }
    }
    for (CsyncZone& zone : says) zone.hosts = hosts;
  }

  void all(const std::function<void(CsyncZone&)>& edit) {
    for (CsyncZone& zone : says) edit(zone);
  }
  // All ask, at once, for this.
  void ask(std::set<RecordType> copied, std::uint16_t flags = dns::Csync::immediate) {
    all([&](CsyncZone& zone) { zone.ask(flags, copied); });
  }

  // What a surveyor would bring home.
  [[nodiscard]] Survey look(const std::string& vantage = "local") const {
    Survey made = survey(vantage);
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      made.servers[i].host = hosts[i];
      for (Answer& answer : made.answers) {
        if (answer.server.address == server_address(i).address) answer.server.host = hosts[i];
      }
    }
    for (std::size_t i = 0; i < hosts.size(); ++i) ask_run(i, made.csync);
    ask_new_servers(made.csync);
    return made;
  }

  std::vector<dns::Name> hosts;
  std::vector<CsyncZone> says;
  std::map<IpAddress, NewServer> newcomers;     // default: they serve the child
  std::map<dns::Name, SurveyedServer> outside;  // default: one address each
  bool asks_new_servers = true;

 private:
  [[nodiscard]] static IpAddress outside_address(const dns::Name& host) {
    return address("198.51.100." + std::to_string(10 + host.text().size()));
  }

  void put(CsyncSurvey& survey, std::size_t i, const dns::Name& name, RecordType type,
           std::uint32_t serial) const {
    Answer answer;
    answer.server = {hosts[i], server_address(i).address};
    answer.type = type;
    answer.transport = Transport::tcp;
    answer.asked_at = now;
    if (const auto status = says[i].statuses.find({name, type}); status != says[i].statuses.end()) {
      answer.status = status->second;
    } else {
      Response response = says[i].respond(name, type, serial);
      answer.status = response.status;
      answer.wire = std::move(response.wire);
    }
    survey.answers.push_back({name, answer});
  }

  void ask_run(std::size_t i, CsyncSurvey& survey) const {
    const CsyncZone& zone = says[i];
    put(survey, i, child_name, RecordType::soa, zone.serial);
    put(survey, i, child_name, RecordType::csync, zone.serial);
    if (!zone.records.empty()) {
      const dns::TypeBitmap& copied = zone.records.front().types;
      if (copied.has(RecordType::ns)) put(survey, i, child_name, RecordType::ns, zone.serial);
      const auto standing = delegation.hosts();
      for (const dns::Name& host : copied.has(RecordType::ns) ? zone.hosts : standing) {
        if (!host.is_at_or_below(child_name)) continue;
        for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
          if (copied.has(type)) put(survey, i, host, type, zone.serial);
        }
      }
    }
    put(survey, i, child_name, RecordType::soa,
        zone.serial_after == 0 ? zone.serial : zone.serial_after);
  }

  void ask_new_servers(CsyncSurvey& survey) const {
    if (!asks_new_servers) return;
    const CsyncZone& zone = says.front();
    for (const dns::Name& host : zone.hosts) {
      SurveyedServer server{host, {}, {}};
      if (const auto known = outside.find(host); known != outside.end()) {
        server = known->second;
      } else if (host.is_at_or_below(child_name)) {
        if (const auto own = zone.addresses.find(host); own != zone.addresses.end()) {
          server.addresses = own->second;
        }
      } else {
        server.addresses = {outside_address(host)};
      }
      for (const IpAddress& one : server.addresses) visit({host, one}, survey);
      survey.new_servers.push_back(std::move(server));
    }
  }

  void visit(const ServerAddress& server, CsyncSurvey& survey) const {
    const auto found = newcomers.find(server.address);
    const NewServer how = found == newcomers.end() ? NewServer{} : found->second;
    for (const RecordType type : {RecordType::soa, RecordType::dnskey}) {
      Answer answer;
      answer.server = server;
      answer.type = type;
      answer.asked_at = now;
      answer.status = how.status;
      if (how.status == AnswerStatus::answer) {
        Zone zone = zones.front();
        if (how.signer != nullptr) zone.signers[RecordType::dnskey] = {how.signer};
        answer.wire = dskeeper::rules::test::respond(zone, type).wire;
      }
      survey.new_answers.push_back(std::move(answer));
    }
  }
};

inline CsyncVerdict judge_csync_of(const CsyncChild& child, const Policy& policy = {}) {
  return judge_surveys(child, {child.look()}, policy).csync;
}

// "permit", then the findings' names, then what would stand: "permit: ns1.kid.example. 192.0.2.9".
inline std::string csync_summary(const CsyncVerdict& verdict) {
  std::string out(to_text(verdict.ruling));
  for (const Finding& finding : verdict.findings) {
    out += ' ';
    out += kind_of(finding.code).name;
  }
  if (verdict.ruling != Ruling::permit) return out;
  std::string servers;
  for (const NameServer& server : verdict.name_servers) {
    servers += (servers.empty() ? ": " : ", ") + server.host.text();
    for (const IpAddress& one : server.glue) servers += " " + one.text();
  }
  return out + servers;
}
inline std::string csync_judged(const CsyncChild& child, const Policy& policy = {}) {
  return csync_summary(judge_csync_of(child, policy));
}

}  // namespace dskeeper::rules::test
