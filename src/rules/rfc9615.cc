#include "rules/rfc9615.h"

#include <algorithm>
#include <utility>

#include "model/signaling_name.h"
#include "rules/own_fault.h"

namespace dskeeper::rules::rfc9615 {
namespace {

// Findings of signals name the host; the signaling name has no address of its own.
ServerAddress place_of(const ProvedHost& host) {
  return {host.host, {}};
}

const std::vector<Bytes>& rdata_of(const ProvedAnswer& answer) {
  static const std::vector<Bytes> none;
  return answer.rrset ? answer.rrset->rdata : none;
}

const ProvedAnswer& answer_of(const ProvedServer& server, dns::RecordType type) {
  return type == dns::RecordType::cds ? server.cds : server.cdnskey;
}

// One vantage point's signals against the apex servers that it saw. What it finds goes to the lists
// of `signals`.
class Comparison {
 public:
  Comparison(const Matter& matter, const Proved& proved, Signals& signals)
      : matter_(matter), proved_(proved), signals_(signals) {}

  [[nodiscard]] bool has_found_nothing() const { return !has_found_; }

  // Step 3 of §4.2: under every NS host that is not in-domain, and under no other: hosts that the
  // parent does not name count for nothing (§4.3).
  void check_hosts() {
    for (const dns::Name& host : hosts_that_can_signal()) {
      const auto found = std::ranges::find(proved_.signals, host, &ProvedHost::host);
      if (found == proved_.signals.end()) {
        has_found_ = true;
        signals_.unanswered.add(FindingCode::signal_unanswered, {host, {}},
                                {"its signaling name", "it was not asked"});
        continue;
      }
      for (const ConsideredType& considered : matter_.types) check(*found, considered.type);
    }
  }

 private:
  // Names that differ in case, or stand twice, are one (§1.1).
  [[nodiscard]] std::vector<dns::Name> hosts_that_can_signal() const {
    std::vector<dns::Name> hosts = matter_.delegation.hosts();
    std::erase_if(
        hosts, [&](const dns::Name& host) { return !can_signal(matter_.delegation.child, host); });
    std::sort(hosts.begin(), hosts.end());
    hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
    return hosts;
  }

  void check(const ProvedHost& host, dns::RecordType type) {
    const auto signal = std::ranges::find(host.signals, type, &ProvedSignal::type);
    if (signal == host.signals.end()) {
      has_found_ = true;
      signals_.unanswered.add(FindingCode::signal_unanswered, place_of(host),
                              {host.name.text(), "it was not asked"});
      return;
    }
    switch (signal->worth) {
      case SignalWorth::genuine:
      case SignalWorth::absent:
        return compare(host, *signal);
      case SignalWorth::insecure:
        return fail(FindingCode::signal_insecure, host, {signaling_zone_text(host)});
      case SignalWorth::zone_cut:
        return fail(FindingCode::signal_at_zone_cut, host, {host.name.text()});
      case SignalWorth::alias:
        return fail(FindingCode::signal_is_alias, host, {host.name.text()});
      case SignalWorth::no_name:
        return fail(FindingCode::signal_name_too_long, host, {host.host.text()});
      case SignalWorth::bogus:
        return wait(FindingCode::signal_bogus, host, *signal);
      case SignalWorth::unanswered:
        return wait(FindingCode::signal_unanswered, host, *signal);
    }
  }

  // Step 4 of §4.2.
  void compare(const ProvedHost& host, const ProvedSignal& signal) {
    const std::string type = dns::to_text(signal.type);
    for (const ProvedServer& server : proved_.servers) {
      const ProvedAnswer& apex = answer_of(server, signal.type);
      if (!matter_.counts(apex) || rdata_of(apex) == signal.rdata) continue;
      if (signal.worth == SignalWorth::absent) {
        return fail(FindingCode::signal_missing, host, {type, host.name.text()});
      }
      has_found_ = true;
      signals_.failures.add(FindingCode::signal_differs, server.server, {type, host.name.text()});
    }
  }

  void fail(FindingCode code, const ProvedHost& host, std::vector<std::string> facts) {
    has_found_ = true;
    signals_.failures.add(code, place_of(host), std::move(facts));
  }
  void wait(FindingCode code, const ProvedHost& host, const ProvedSignal& signal) {
    has_found_ = true;
    signals_.has_bogus = signals_.has_bogus || signal.worth == SignalWorth::bogus;
    if (note_own_fault(proved_, signals_.unanswered)) return;
    const std::string why = signal.why.empty() ? "no reason is known" : signal.why;
    signals_.unanswered.add(code, place_of(host), {host.name.text(), why});
  }

  static std::string signaling_zone_text(const ProvedHost& host) {
    const auto domain = signaling_domain(host.host);
    return domain ? domain->text() : host.host.text();
  }

  const Matter& matter_;
  const Proved& proved_;
  Signals& signals_;
  bool has_found_ = false;
};

bool is_in_domain_only(const Delegation& delegation) {
  return std::ranges::none_of(delegation.hosts(), [&](const dns::Name& host) {
    return can_signal(delegation.child, host);
  });
}

std::string first_of(const FindingList& list) {
  std::vector<Finding> findings;
  list.append_to(findings);
  std::string text = findings.empty() ? std::string() : findings.front().text();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// contract.md, `vantages`: "that many must agree, and none that answered may contradict". What does
// not validate contradicts: somebody may be putting records there.
bool is_confirmed_by_enough(const Matter& matter, const Signals& signals) {
  if (!signals.failures.empty() || signals.has_bogus) return false;
  const auto agreeing = std::ranges::count(signals.confirmed_in, true);
  if (signals.unanswered.empty()) return agreeing > 0;
  const Quorum& quorum = matter.policy.vantages.bootstrap;
  return !quorum.all && agreeing > 0 && agreeing >= static_cast<std::ptrdiff_t>(quorum.count);
}

}  // namespace

Signals check_signals(const Matter& matter) {
  Signals signals;
  signals.confirmed_in.resize(matter.proved.size());
  if (is_in_domain_only(matter.delegation)) {
    // Step 1 of §4.2.
    signals.were_asked = true;
    signals.failures.note(FindingCode::signals_impossible);
  }
  for (const Proved* proved : matter.proved) {
    signals.were_asked = signals.were_asked || !proved->signals.empty();
  }
  if (!signals.were_asked) return signals;
  if (signals.failures.empty()) {
    for (std::size_t i = 0; i < matter.proved.size(); ++i) {
      // Where no server was heard to ask for anything, there was nothing to look for.
      if (matter.proved[i]->signals.empty()) continue;
      Comparison comparison(matter, *matter.proved[i], signals);
      comparison.check_hosts();
      signals.confirmed_in[i] = comparison.has_found_nothing();
    }
  }
  signals.is_confirmed = is_confirmed_by_enough(matter, signals);
  signals.first_failure = first_of(signals.failures);
  if (signals.first_failure.empty()) signals.first_failure = first_of(signals.unanswered);
  return signals;
}

}  // namespace dskeeper::rules::rfc9615
