#include "rules/prove.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/weighing.h"

namespace dskeeper::rules {
namespace {

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
        weigher_(delegation.child, verifier, budget, now) {}

  void prove(ProvedServer& server, const Wires& wires) {
    constexpr std::size_t dnskey = 1;  // first, since it holds the keys for all the others
    std::array<dns::Message, 4> messages;
    for (const std::size_t i : {dnskey, std::size_t{0}, std::size_t{2}, std::size_t{3}}) {
      if (wires[i] == nullptr) continue;
      ProvedAnswer& answer = answer_of(server, i);
      weigher_.read(child_, *wires[i], messages[i], answer);
      if (i == dnskey) Weigher::take_keys(server.dnskey, server.keys);
      // The SOA only shows that a first DS set would not break the zone (rfc7344.h,
      // check_zone_signatures). Of a secure child nobody asks, and a verification is the dearest
      // thing there is.
      const bool is_asked_for = asked_types[i] != dns::RecordType::soa || !is_secure_;
      if (is_asked_for) weigher_.weigh(child_, answer, messages[i], server.keys);
    }
  }

 private:
  const dns::Name& child_;
  bool is_secure_;
  Weigher weigher_;
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
                .csync = {},
                .resolver = survey.resolver};
  const Layout layout(survey, delegation, proved);
  Prover prover(delegation, verifier, budget, now);
  for (std::size_t i = 0; i < proved.servers.size(); ++i) {
    prover.prove(proved.servers[i], layout.wires(i));
  }
  Weigher weigher(delegation.child, verifier, budget, now);
  proved.csync = prove_csync(survey.csync, delegation.child, proved.servers, weigher, now);
  return proved;
}

Proved prove(const Survey& survey, const Delegation& delegation, dns::Verifier& verifier,
             Time now) {
  dns::VerificationBudget budget;
  return prove(survey, delegation, verifier, budget, now);
}

}  // namespace dskeeper::rules
