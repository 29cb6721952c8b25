#include "rules/rfc10026.h"

#include <algorithm>

namespace dskeeper::rules::rfc10026 {
namespace {

// One path of trust: a DS of a kind that counts, a DNSKEY that it names by recomputed digest, and a
// valid signature of that key over the DNSKEY set.
bool has_path(const Matter& matter, const dns::DsSet& set, const ProvedAnswer& dnskey) {
  for (const ProvedSignature& signature : dnskey.signatures) {
    if (signature.status != dns::SignatureStatus::valid || !signature.key) continue;
    for (const dns::Ds& ds : set) {
      if (matter.table().use_of(ds.algorithm) != AlgorithmUse::counts) continue;
      if (!matter.table().use_of(ds.digest_type).counts) continue;
      if (dns::names_key(ds, matter.delegation.child, *signature.key)) return true;
    }
  }
  return false;
}

bool is_signed_with(const ProvedAnswer& dnskey, dns::Algorithm algorithm) {
  return std::any_of(dnskey.signatures.begin(), dnskey.signatures.end(),
                     [&](const ProvedSignature& signature) {
                       return signature.status == dns::SignatureStatus::valid && signature.key &&
                              signature.key->algorithm == algorithm;
                     });
}

}  // namespace

void check_algorithms(const Matter& matter, const dns::DsSet& ds, FindingList& faults) {
  for (const dns::Ds& record : ds) {
    if (matter.table().use_of(record.algorithm) != AlgorithmUse::refused) continue;
    // One that stands already is kept, not made: a child must be able to roll away from it.
    const auto& standing = matter.delegation.ds;
    if (std::find(standing.begin(), standing.end(), record) != standing.end()) continue;
    faults.note(FindingCode::algorithm_not_acceptable,
                {std::to_string(record.key_tag.value), dns::to_text(record.algorithm)});
  }
}

void check_continuity(const Matter& matter, const dns::DsSet& ds, FindingList& faults) {
  for (const Sight& sight : matter.sights) {
    const ProvedServer& server = *sight.server;
    if (!matter.counts(server.dnskey)) continue;  // is missing, and said to be
    if (server.dnskey.status == AnswerStatus::nodata) {
      faults.add(FindingCode::dnskey_missing, server.server);
    } else if (!has_path(matter, ds, server.dnskey)) {
      faults.add(FindingCode::would_break, server.server);
    }
  }
}

void check_completeness(const Matter& matter, const dns::DsSet& ds, FindingList& faults,
                        FindingList& warnings) {
  const bool is_demanded = matter.policy.algorithms_complete;
  const FindingCode code =
      is_demanded ? FindingCode::algorithm_not_signing : FindingCode::algorithm_incomplete;
  for (const Sight& sight : matter.sights) {
    const ProvedServer& server = *sight.server;
    if (!matter.counts(server.dnskey) || !server.dnskey.rrset) continue;
    for (const dns::Ds& record : ds) {
      if (is_signed_with(server.dnskey, record.algorithm)) continue;
      (is_demanded ? faults : warnings).add(code, server.server, {dns::to_text(record.algorithm)});
    }
  }
}

}  // namespace dskeeper::rules::rfc10026
