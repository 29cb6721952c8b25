// Test support: the signals of a child (RFC 9615) in real signed zones, with a chain down from a
// trust anchor, as a resolver would have answered.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/signaling_name.h"
#include "rules/test_child.h"

namespace dskeeper::rules::test {

// The root delegates `op.example.`, in which the hosts of server_address() and their signals are.
class TestSignals {
 public:
  // What a resolver would say of one type at one host's signaling name.
  struct Signal {
    std::vector<Bytes> rdata;  // empty: proven not to be there
    SecurityStatus status = SecurityStatus::secure;
    std::string why;
    dns::Ttl ttl{3600};
    std::string signer = "op.example.";
    bool is_wildcard = false;  // expanded from *.…
    bool is_nxdomain = false;
    bool is_cname = false;
    bool is_apex = false;    // a denial by a zone whose apex the signaling name is
    bool is_forged = false;  // by another key than the zone's
  };

  // Whatever the first server has at the apex.
  explicit TestSignals(const TestChild& child) {
    for (const dns::Name& host : child.delegation.hosts()) {
      for (const auto type : {dns::RecordType::cds, dns::RecordType::cdnskey}) {
        const auto found = child.zones[0].records.find(type);
        at(host, type).rdata =
            found == child.zones[0].records.end() ? std::vector<Bytes>() : found->second;
      }
    }
  }

  Signal& at(const dns::Name& host, dns::RecordType type) { return signals_[host][type]; }
  void everywhere(const std::function<void(Signal&)>& edit) {
    for (auto& [host, types] : signals_) {
      for (auto& [type, signal] : types) edit(signal);
    }
  }
  void remove(const dns::Name& host) { signals_.erase(host); }

  [[nodiscard]] SignalSurvey survey() const {
    SignalSurvey made;
    for (const auto& [host, types] : signals_) {
      HostSignals answers{host, {}};
      for (const auto& [type, signal] : types)
        answers.answers.push_back(answer(host, type, signal));
      made.hosts.push_back(std::move(answers));
    }
    made.anchors = {
        {dns::Name(), dns::make_ds({}, root_key.record(), dns::DigestType::sha256).value()}};
    const dns::Name op = name("op.example.");
    made.chain = {{{}, dnskey({}, root_key), {}}, {op, dnskey(op, op_key), ds(op, op_key)}};
    for (const auto& [host, types] : signals_) {
      const auto own = signaling_name(child_name, host);
      if (own) made.chain.push_back({*own, dnskey(*own, op_key), ds(*own, op_key)});
    }
    return made;
  }

  bool ds_names_its_own_zone = false;  // in front of the right signature, one by the zone itself
  TestKey root_key{11};
  TestKey op_key{12};
  TestKey other_key{13};

 private:
  static dns::Name name(const std::string& text) { return dns::Name::parse(text).value(); }

  static Bytes message(const dns::Name& qname, dns::RecordType type, unsigned rcode,
                       const std::vector<dns::Rrset>& answer,
                       const std::vector<dns::Rrset>& authority) {
    Bytes sections;
    std::size_t answers = 0;
    std::size_t authorities = 0;
    for (const dns::Rrset& rrset : answer) answers += put_rrset(sections, rrset);
    for (const dns::Rrset& rrset : authority) authorities += put_rrset(sections, rrset);
    Bytes out;
    put_u16(out, 4711);
    put_u16(out, 0x8180U | rcode);  // QR, RD, RA
    put_u16(out, 1);
    put_u16(out, answers);
    put_u16(out, authorities);
    put_u16(out, 0);
    put_bytes(out, qname.wire());
    put_u16(out, static_cast<std::size_t>(type));
    put_u16(out, 1);
    put_bytes(out, sections);
    return out;
  }

  static dns::Rrset rrset(const dns::Name& owner, dns::RecordType type, std::vector<Bytes> rdata,
                          dns::Ttl ttl = {3600}) {
    return {owner, type, ttl, dns::make_rdata_set(std::move(rdata)), {}};
  }

  static Bytes dnskey(const dns::Name& zone, const TestKey& key) {
    auto made = rrset(zone, dns::RecordType::dnskey, {key.record().to_rdata()});
    made.signatures.push_back(make_signature(made, key, {}, zone));
    return message(zone, made.type, 0, {made}, {});
  }

  // Signed by the root, or for a zone below op.example. by that.
  [[nodiscard]] Bytes ds(const dns::Name& zone, const TestKey& key) const {
    const dns::Name op = name("op.example.");
    auto made = rrset(zone, dns::RecordType::ds,
                      {dns::make_ds(zone, key.record(), dns::DigestType::sha256)->to_rdata()});
    const bool is_below = zone.is_below(op);
    if (ds_names_its_own_zone) made.signatures.push_back(make_signature(made, key, {}, zone));
    made.signatures.push_back(
        make_signature(made, is_below ? op_key : root_key, {}, is_below ? op : dns::Name()));
    return message(zone, made.type, 0, {made}, {});
  }

  [[nodiscard]] SignalAnswer answer(const dns::Name& host, dns::RecordType type,
                                    const Signal& signal) const {
    SignalAnswer made{type, signal.status, signal.why, {}};
    const auto owner = signaling_name(child_name, host);
    if (!owner) {
      made.status = SecurityStatus::not_asked;
      return made;
    }
    if (signal.status != SecurityStatus::secure) return made;
    if (signal.is_cname) {
      const dns::Name target = name("elsewhere.example.");
      auto cname = rrset(*owner, dns::RecordType::cname,
                         {Bytes(target.wire().begin(), target.wire().end())});
      auto there = rrset(target, type, signal.rdata);
      made.wire = message(*owner, type, 0, {cname, there}, {});
    } else if (signal.rdata.empty()) {
      const dns::Name apex = signal.is_apex ? *owner : name("op.example.");
      auto soa = rrset(apex, dns::RecordType::soa, {soa_rdata()});
      made.wire = message(*owner, type, signal.is_nxdomain ? 3 : 0, {}, {soa});
    } else {
      made.wire = message(*owner, type, 0, {signed_signal(*owner, type, signal)}, {});
    }
    return made;
  }

  [[nodiscard]] dns::Rrset signed_signal(const dns::Name& owner, dns::RecordType type,
                                         const Signal& signal) const {
    auto made = rrset(owner, type, signal.rdata, signal.ttl);
    const dns::Name signer = signal.signer == "itself" ? owner : name(signal.signer);
    const TestKey& key = signal.is_forged ? other_key : op_key;
    auto signature = make_signature(made, key, {}, signer);
    if (signal.is_wildcard) {
      // RFC 4034 §3.1.3: what is signed is the wildcard, which the smaller number says.
      signature.labels = static_cast<std::uint8_t>(owner.label_count() - 1);
      signature.signature = key.sign(dns::signed_data(made, signature));
    }
    made.signatures.push_back(std::move(signature));
    return made;
  }

  std::map<dns::Name, std::map<dns::RecordType, Signal>> signals_;
};

inline Verdict judge_signalled(const TestChild& child, const TestSignals& signals,
                               const Policy& policy = {}, Time at = now) {
  Survey survey = child.survey();
  survey.signals = signals.survey();
  return judge_surveys(child, {survey}, policy, at);
}

// An unsigned child of two servers that asks for key `a` in both types, and is signalled for.
struct Candidate {
  explicit Candidate(std::size_t servers = 2) : child(false, servers), signals(ask(child)) {}

  static TestChild& ask(TestChild& child) {
    child.everywhere([&](Zone& zone) { zone.ask({&child.a}); });
    return child;
  }
  [[nodiscard]] dns::Name host(std::size_t number) const { return server_address(number).host; }
  TestSignals::Signal& signal(std::size_t server, dns::RecordType type = dns::RecordType::cds) {
    return signals.at(host(server), type);
  }
  [[nodiscard]] std::string judged(const Policy& policy = {}) const {
    return summary(judge_signalled(child, signals, policy));
  }

  TestChild child;
  TestSignals signals;
};

}  // namespace dskeeper::rules::test
