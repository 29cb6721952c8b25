#include "survey/signal_answers.h"

#include <algorithm>

#include "dns/rrset.h"
#include "model/signaling_name.h"

namespace dskeeper::survey {
namespace {

using dns::RecordType;

bool is_signal_type(RecordType type) {
  return type == RecordType::cds || type == RecordType::cdnskey;
}

bool counts_where_proven(SecurityStatus status) {
  return status == SecurityStatus::secure || status == SecurityStatus::is_signed;
}

std::vector<Bytes> rdata_in(const Bytes& wire, const dns::Name& owner, RecordType type, Time now) {
  const auto message = dns::parse_message(wire, now);
  const dns::Rrset* rrset = message ? message->find_answer(owner, type) : nullptr;
  return rrset == nullptr ? std::vector<Bytes>() : rrset->rdata;
}

bool differs(const std::vector<Bytes>& rdata, RecordType type, const std::vector<ApexSays>& apex) {
  return std::ranges::any_of(
      apex, [&](const ApexSays& says) { return says.type == type && says.rdata != rdata; });
}

}  // namespace

std::vector<ApexSays> apex_says(const Survey& survey, const dns::Name& child, Time now) {
  std::vector<ApexSays> says;
  for (const Answer& answer : survey.answers) {
    if (!is_signal_type(answer.type) || !is_received(answer.status)) continue;
    says.push_back({answer.type, rdata_in(answer.wire, child, answer.type, now)});
  }
  return says;
}

std::optional<dns::Name> signing_zone_in(const Bytes& wire, Time now) {
  const auto message = dns::parse_message(wire, now);
  if (!message) return std::nullopt;
  for (const auto* const section : {&message->answer, &message->authority}) {
    const auto soa = std::ranges::find(*section, RecordType::soa, &dns::Rrset::type);
    if (soa == section->end() || soa->signatures.empty()) continue;
    return soa->signatures.front().signer;
  }
  return std::nullopt;
}

bool is_otherwise(const HostSignals& host, const dns::Name& child,
                  const std::vector<ApexSays>& apex, Time now) {
  const auto name = signaling_name(child, host.host);
  if (!name) return false;
  return std::ranges::any_of(host.answers, [&](const SignalAnswer& signal) {
    if (signal.status != SecurityStatus::secure) return false;
    const std::vector<Bytes> rdata = rdata_in(signal.wire, *name, signal.type, now);
    // A denial is never older than a minute in the resolver's cache.
    if (rdata.empty()) return false;
    return differs(rdata, signal.type, apex);
  });
}

bool is_absent(const HostSignals& host, const dns::Name& child, Time now) {
  const auto name = signaling_name(child, host.host);
  if (!name) return false;
  return std::ranges::any_of(host.answers, [&](const SignalAnswer& signal) {
    return rdata_in(signal.wire, *name, signal.type, now).empty();
  });
}

// Of a wildcard nobody may know whether the name itself is there (RFC 4035 §5.3.4), and at a zone
// cut the zone is the child's to speak for (RFC 9615 §4.2): both are for the resolver to find.
// Every signature counts, since our proof may take any of them.
std::optional<dns::Name> signer_of_expected(const SignalAnswer& answer, const dns::Name& name,
                                            const std::vector<ApexSays>& apex, Time now) {
  const auto message = dns::parse_message(answer.wire, now);
  if (!message || message->rcode != dns::Rcode::noerror) return std::nullopt;
  const dns::Rrset* rrset = message->find_answer(name, answer.type);
  if (rrset == nullptr || differs(rrset->rdata, answer.type, apex)) return std::nullopt;
  std::optional<dns::Name> signer;
  bool is_timely = false;
  for (const dns::Rrsig& signature : rrset->signatures) {
    const bool is_whole = signature.labels == name.label_count();
    if (!is_whole || !name.is_below(signature.signer)) return std::nullopt;
    if (signer && *signer != signature.signer) return std::nullopt;
    signer = signature.signer;
    is_timely = is_timely || (signature.inception <= now && now <= signature.expiration);
  }
  return is_timely ? signer : std::nullopt;
}

std::vector<dns::Name> signers_of(const SignalSurvey& survey, const dns::Name& child, Time now) {
  std::vector<dns::Name> signers;
  for (const HostSignals& host : survey.hosts) {
    const auto name = signaling_name(child, host.host);
    if (!name) continue;
    for (const SignalAnswer& answer : host.answers) {
      if (!counts_where_proven(answer.status)) continue;
      const auto message = dns::parse_message(answer.wire, now);
      const dns::Rrset* rrset = message ? message->find_answer(*name, answer.type) : nullptr;
      if (rrset == nullptr || rrset->signatures.empty()) continue;
      signers.push_back(rrset->signatures.front().signer);
    }
  }
  std::sort(signers.begin(), signers.end());
  signers.erase(std::unique(signers.begin(), signers.end()), signers.end());
  return signers;
}

}  // namespace dskeeper::survey
