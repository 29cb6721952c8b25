#include "rules/prove_signals.h"

#include <algorithm>
#include <utility>

#include "model/signaling_name.h"
#include "rules/trust_chain.h"

namespace dskeeper::rules {
namespace {

constexpr const char* no_chain = "its signature cannot be followed to the trust anchor";

class SignalProver {
 public:
  SignalProver(const SignalSurvey& survey, const dns::Name& child, dns::Verifier& verifier,
               dns::VerificationBudget& budget, Time now)
      : child_(child), now_(now), chain_(survey, verifier, budget, now) {}

  ProvedHost prove(const HostSignals& signals) {
    ProvedHost host{signals.host, {}, {}};
    const auto name = signaling_name(child_, signals.host);
    if (name) host.name = *name;
    for (const SignalAnswer& answer : signals.answers) {
      ProvedSignal proved{answer.type, SignalWorth::no_name, {}, answer.why};
      if (name) weigh(*name, answer, proved);
      host.signals.push_back(std::move(proved));
    }
    return host;
  }

 private:
  void weigh(const dns::Name& name, const SignalAnswer& answer, ProvedSignal& proved) {
    switch (answer.status) {
      case SecurityStatus::insecure:
        proved.worth = SignalWorth::insecure;
        return;
      case SecurityStatus::bogus:
        proved.worth = SignalWorth::bogus;
        return;
      case SecurityStatus::unanswered:
      case SecurityStatus::not_asked:
        proved.worth = SignalWorth::unanswered;
        return;
      case SecurityStatus::secure:
      case SecurityStatus::is_signed:
        weigh_secure(name, answer, proved);
    }
    // What no resolver has checked may be one server's fault, or forged on the way to us: it is
    // fetched again through the resolver (survey/signals.h).
    const bool is_unchecked = answer.status == SecurityStatus::is_signed;
    if (is_unchecked && proved.worth == SignalWorth::bogus) proved.worth = SignalWorth::unanswered;
  }

  void weigh_secure(const dns::Name& name, const SignalAnswer& answer, ProvedSignal& proved) {
    const auto message = dns::parse_message(answer.wire, now_);
    if (!message || !message->question || !name.is_at_or_below(message->question->name)) {
      proved.worth = SignalWorth::bogus;
      proved.why = "the resolver's answer is none to this question";
      return;
    }
    // RFC 8020: where a name does not exist, none below it does.
    const bool is_whole = message->question->name == name;
    if (message->rcode == dns::Rcode::nxdomain && (!is_whole || message->answer.empty())) {
      proved.worth = SignalWorth::absent;
      return;
    }
    if (!is_whole || message->rcode != dns::Rcode::noerror) {
      proved.worth = SignalWorth::unanswered;
      proved.why = "the resolver's answer is none to this question";
      return;
    }
    weigh_answer(name, *message, proved);
  }

  void weigh_answer(const dns::Name& name, const dns::Message& message, ProvedSignal& proved) {
    const dns::Rrset* rrset = message.find_answer(name, proved.type);
    if (rrset == nullptr) {
      proved.worth = message.answer.empty() ? absence(name, message) : SignalWorth::alias;
      return;
    }
    const auto signer = chain_.signer_of(*rrset);
    if (!signer) {
      proved.worth = SignalWorth::bogus;
      proved.why = no_chain;
    } else if (*signer == name) {
      proved.worth = SignalWorth::zone_cut;
    } else {
      proved.worth = SignalWorth::genuine;
      proved.rdata = rrset->rdata;
    }
  }

  // The SOA of a denial is that of the zone which denies (RFC 2308 §2).
  static SignalWorth absence(const dns::Name& name, const dns::Message& message) {
    const bool is_apex = std::ranges::any_of(message.authority, [&](const dns::Rrset& rrset) {
      return rrset.type == dns::RecordType::soa && rrset.owner == name;
    });
    return is_apex ? SignalWorth::zone_cut : SignalWorth::absent;
  }

  const dns::Name& child_;
  Time now_;
  TrustChain chain_;
};

}  // namespace

std::vector<ProvedHost> prove_signals(const SignalSurvey& survey, const dns::Name& child,
                                      dns::Verifier& verifier, dns::VerificationBudget& budget,
                                      Time now) {
  std::vector<ProvedHost> hosts;
  if (survey.empty()) return hosts;
  SignalProver prover(survey, child, verifier, budget, now);
  hosts.reserve(survey.hosts.size());
  for (const HostSignals& host : survey.hosts) hosts.push_back(prover.prove(host));
  return hosts;
}

std::uint64_t count_genuine(const std::vector<ProvedHost>& hosts) {
  std::uint64_t count = 0;
  for (const ProvedHost& host : hosts) {
    count += static_cast<std::uint64_t>(
        std::ranges::count(host.signals, SignalWorth::genuine, &ProvedSignal::worth));
  }
  return count;
}

}  // namespace dskeeper::rules
