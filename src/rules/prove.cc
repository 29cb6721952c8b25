#include "rules/prove.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dns/denial.h"

namespace dskeeper::rules {
namespace {

// How much of what a server sends is looked at (KeyTrap, CVE-2023-50387). The budget limits the
// arithmetic; these limit the searching.
constexpr std::size_t keys_per_zone_max = 32;
constexpr std::size_t signatures_per_rrset_max = 16;

using Wires = std::array<const Answer*, 4>;  // SOA, DNSKEY, CDS, CDNSKEY of one address

constexpr std::array<dns::RecordType, 4> asked_types = {
    dns::RecordType::soa, dns::RecordType::dnskey, dns::RecordType::cds, dns::RecordType::cdnskey};

ProvedAnswer& answer_of(ProvedServer& server, std::size_t index) {
  const std::array<ProvedAnswer*, 4> answers = {&server.soa, &server.dnskey, &server.cds,
                                                &server.cdnskey};
  return *answers[index];
}

// One entry for each address of the parent's name servers: what a server that the parent does not
// name says counts for nothing (RFC 9975 §3, RFC 9615 §4.2).
class Layout {
 public:
  Layout(const Survey& survey, const Delegation& delegation, Proved& proved) : proved_(proved) {
    // In the order of their names, so that a shared address is always asked under the same one.
    std::vector<dns::Name> hosts = delegation.hosts();
    std::sort(hosts.begin(), hosts.end());
    for (const dns::Name& host : hosts) add_host(survey, host);
    for (ProvedServer& server : proved_.servers) {
      for (std::size_t i = 0; i < asked_types.size(); ++i) {
        answer_of(server, i).type = asked_types[i];
      }
    }
    wires_.resize(proved_.servers.size(), Wires{});
    for (const Answer& answer : survey.answers) attach(answer);
  }

  [[nodiscard]] const Wires& wires(std::size_t server) const { return wires_[server]; }

 private:
  void add_host(const Survey& survey, const dns::Name& host) {
    const auto surveyed =
        std::find_if(survey.servers.begin(), survey.servers.end(),
                     [&](const SurveyedServer& server) { return server.host == host; });
    if (surveyed == survey.servers.end()) {
      // The survey was made for another NS set: this server was not asked, which is no silence.
      proved_.servers.push_back(
          {.server = {host, {}}, .keys = {}, .soa = {}, .dnskey = {}, .cds = {}, .cdnskey = {}});
      return;
    }
    if (!surveyed->is_complete) {
      proved_.servers_not_resolved.push_back(*surveyed);
    } else if (surveyed->addresses.empty()) {
      proved_.servers_without_address.push_back(*surveyed);
    }
    for (const IpAddress& address : surveyed->addresses) add_address(host, address);
  }

  // Hosts that share an address are asked once, under the name of the first (edge case 57).
  void add_address(const dns::Name& host, const IpAddress& address) {
    if (find(address) != proved_.servers.size()) return;
    proved_.servers.push_back(
        {.server = {host, address}, .keys = {}, .soa = {}, .dnskey = {}, .cds = {}, .cdnskey = {}});
  }

  void attach(const Answer& answer) {
    const std::size_t server = find(answer.server.address);
    const auto type = std::find(asked_types.begin(), asked_types.end(), answer.type);
    if (server == proved_.servers.size() || type == asked_types.end()) return;
    const Answer*& slot = wires_[server][static_cast<std::size_t>(type - asked_types.begin())];
    if (slot == nullptr) slot = &answer;
  }

  [[nodiscard]] std::size_t find(const IpAddress& address) const {
    const auto found =
        std::find_if(proved_.servers.begin(), proved_.servers.end(),
                     [&](const ProvedServer& server) { return server.server.address == address; });
    return static_cast<std::size_t>(found - proved_.servers.begin());
  }

  Proved& proved_;
  std::vector<Wires> wires_;
};

class Prover {
 public:
  Prover(const Delegation& delegation, dns::Verifier& verifier, dns::VerificationBudget& budget,
         Time now)
      : child_(delegation.child),
        is_secure_(delegation.is_secure()),
        verifier_(verifier),
        budget_(budget),
        now_(now) {}

  void prove(ProvedServer& server, const Wires& wires) {
    constexpr std::size_t dnskey = 1;  // first, since it holds the keys for all the others
    std::array<dns::Message, 4> messages;
    for (const std::size_t i : {dnskey, std::size_t{0}, std::size_t{2}, std::size_t{3}}) {
      if (wires[i] == nullptr) continue;
      ProvedAnswer& answer = answer_of(server, i);
      read(*wires[i], messages[i], answer);
      if (i == dnskey) take_keys(server);
      // The SOA only shows that a first DS set would not break the zone (rfc7344.h,
      // check_zone_signatures). Of a secure child nobody asks, and a verification is the dearest
      // thing there is.
      const bool is_asked_for = asked_types[i] != dns::RecordType::soa || !is_secure_;
      if (is_asked_for) weigh(answer, messages[i], server.keys);
    }
  }

 private:
  // The status is believed only as far as the message bears it out.
  void read(const Answer& seen, dns::Message& message, ProvedAnswer& answer) const {
    answer.status = seen.status;
    answer.transport = seen.transport;
    if (!is_received(seen.status)) return;
    auto parsed = dns::parse_message(seen.wire, now_);
    if (!parsed || !bears_out(*parsed, seen)) {
      answer.status = AnswerStatus::malformed;
      return;
    }
    message = *std::move(parsed);
    if (answer.status != AnswerStatus::answer) return;
    for (dns::Rrset& rrset : message.answer) {
      if (rrset.type == seen.type && rrset.owner == child_) answer.rrset = std::move(rrset);
    }
  }

  [[nodiscard]] bool bears_out(const dns::Message& message, const Answer& seen) const {
    if (!message.is_response || !message.is_authoritative || message.is_truncated) return false;
    if (message.rcode != dns::Rcode::noerror) return false;
    if (message.question &&
        (message.question->name != child_ || message.question->type != seen.type)) {
      return false;
    }
    // An apex cannot be an alias (RFC 1034 §3.6.2, edge case 18). A DNAME at it would be legal, but
    // has no place in this answer.
    for (const dns::Rrset& rrset : message.answer) {
      if (rrset.type == dns::RecordType::cname || rrset.type == dns::RecordType::dname)
        return false;
    }
    const bool has_rrset = message.find_answer(child_, seen.type) != nullptr;
    return has_rrset == (seen.status == AnswerStatus::answer);
  }

  static void take_keys(ProvedServer& server) {
    if (!server.dnskey.rrset) return;
    if (server.dnskey.rrset->rdata.size() > keys_per_zone_max) {
      server.dnskey.status = AnswerStatus::malformed;
      server.dnskey.rrset.reset();
      return;
    }
    for (const Bytes& rdata : server.dnskey.rrset->rdata) {
      if (auto key = dns::Dnskey::from_rdata(rdata)) server.keys.push_back(*std::move(key));
    }
  }

  void weigh(ProvedAnswer& answer, const dns::Message& message,
             const std::vector<dns::Dnskey>& keys) {
    if (answer.rrset) {
      weigh_signatures(answer, *answer.rrset, keys);
    } else if (answer.status == AnswerStatus::nodata) {
      const auto denial = dns::find_apex_denial(message, child_);
      if (!denial) return;
      answer.denial_found = true;
      // RFC 4035 §5.4: neither the type nor a CNAME may be in the bitmap.
      answer.denial_contradicts =
          denial->types.has(answer.type) || denial->types.has(dns::RecordType::cname);
      weigh_signatures(answer, *denial->proof, keys);
    }
  }

  void weigh_signatures(ProvedAnswer& answer, const dns::Rrset& rrset,
                        const std::vector<dns::Dnskey>& keys) {
    const std::size_t count = std::min(rrset.signatures.size(), signatures_per_rrset_max);
    answer.signatures.reserve(count);
    budget_.begin_rrset();
    bool is_spent = false;
    for (std::size_t i = 0; i < count; ++i) {
      answer.signatures.push_back(weigh_signature(rrset, rrset.signatures[i], keys, is_spent));
      is_spent = answer.signatures.back().status == dns::SignatureStatus::too_much_work;
    }
  }

  // Every key with the signature's tag and algorithm is tried (RFC 4035 §5.3.1: the tag is a hint).
  // Where the budget is spent already, none: to hash the data each time would be work too.
  ProvedSignature weigh_signature(const dns::Rrset& rrset, const dns::Rrsig& signature,
                                  const std::vector<dns::Dnskey>& keys, bool is_spent) {
    using enum dns::SignatureStatus;
    ProvedSignature proved{is_spent ? too_much_work : wrong_key,
                           {},
                           signature.inception,
                           signature.expiration,
                           signature.key_tag};
    if (is_spent) return proved;
    for (const dns::Dnskey& key : keys) {
      if (key.algorithm != signature.algorithm || key.key_tag() != signature.key_tag) continue;
      proved.status = verifier_.verify(rrset, signature, key, child_, now_, budget_);
      proved.key = key;
      if (proved.status == valid || proved.status == too_much_work) break;
    }
    return proved;
  }

  const dns::Name& child_;
  bool is_secure_;
  dns::Verifier& verifier_;
  dns::VerificationBudget& budget_;
  Time now_;
};

}  // namespace

Proved prove(const Survey& survey, const Delegation& delegation, dns::Verifier& verifier,
             dns::VerificationBudget& budget, Time now) {
  Proved proved{.vantage = survey.vantage,
                .look = survey.look,
                .started_at = survey.started_at,
                .stopped_early = survey.stopped_early,
                .servers = {},
                .servers_without_address = {},
                .servers_not_resolved = {},
                .signals = prove_signals(survey.signals, delegation.child, verifier, budget, now),
                .resolver = survey.resolver};
  const Layout layout(survey, delegation, proved);
  Prover prover(delegation, verifier, budget, now);
  for (std::size_t i = 0; i < proved.servers.size(); ++i) {
    prover.prove(proved.servers[i], layout.wires(i));
  }
  return proved;
}

Proved prove(const Survey& survey, const Delegation& delegation, dns::Verifier& verifier,
             Time now) {
  dns::VerificationBudget budget;
  return prove(survey, delegation, verifier, budget, now);
}

}  // namespace dskeeper::rules
