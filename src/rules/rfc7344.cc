#include "rules/rfc7344.h"

#include <algorithm>
#include <functional>

namespace dskeeper::rules::rfc7344 {
namespace {

using dns::SignatureStatus;

bool is_by_standing_key(const Matter& matter, const ProvedSignature& signature) {
  return signature.key && matter.standing_keys.names(*signature.key);
}

// Valid, and by a key that is in this server's DNSKEY set (prove() tries no other) and in DS.
bool is_authentic(const Matter& matter, const ProvedSignature& signature) {
  return signature.status == SignatureStatus::valid && is_by_standing_key(matter, signature);
}

bool any_valid(const ProvedAnswer& answer) {
  return std::any_of(
      answer.signatures.begin(), answer.signatures.end(),
      [](const ProvedSignature& signature) { return signature.status == SignatureStatus::valid; });
}

bool any_authentic(const Matter& matter, const ProvedAnswer& answer) {
  return std::any_of(
      answer.signatures.begin(), answer.signatures.end(),
      [&](const ProvedSignature& signature) { return is_authentic(matter, signature); });
}

void name_status(const ProvedSignature& signature, const std::string& type,
                 const ServerAddress& server, FindingList& faults) {
  switch (signature.status) {
    case SignatureStatus::expired:
      faults.add(FindingCode::signature_expired, server, {type, format_time(signature.expiration)});
      break;
    case SignatureStatus::not_yet_valid:
      faults.add(FindingCode::signature_not_yet_valid, server,
                 {type, format_time(signature.inception)});
      break;
    default:
      faults.add(FindingCode::signature_invalid, server, {type});
  }
}

// Why none of an RRset's signatures will do, as specific as can be: what is wrong with that of the
// right key comes first, then that there is none of it, then what is wrong with the others.
void name_reason(const ProvedAnswer& answer, const ServerAddress& server,
                 const std::function<bool(const ProvedSignature&)>& is_right_key,
                 FindingList& faults) {
  const std::string type = dns::to_text(answer.type);
  if (answer.signatures.empty()) {
    faults.add(FindingCode::signature_missing, server, {type});
    return;
  }
  for (const ProvedSignature& signature : answer.signatures) {
    if (is_right_key(signature)) return name_status(signature, type, server, faults);
  }
  // Valid but by another key, or by one that has left the DNSKEY set (edge cases 20, 21, 23).
  const auto other = std::find_if(
      answer.signatures.begin(), answer.signatures.end(), [](const ProvedSignature& signature) {
        return signature.key && signature.status != SignatureStatus::valid;
      });
  if (any_valid(answer) || other == answer.signatures.end()) {
    faults.add(FindingCode::signer_not_in_ds, server, {type});
  } else {
    name_status(*other, type, server, faults);
  }
}

// RFC 7344 §4.1 for one RRset at one server.
void check_signer(const Matter& matter, const ProvedAnswer& answer, const ServerAddress& server,
                  FindingList& faults) {
  if (any_authentic(matter, answer)) return;
  name_reason(
      answer, server,
      [&](const ProvedSignature& signature) { return is_by_standing_key(matter, signature); },
      faults);
}

// RFC 4035 §5.2: the DS set holds nothing that we could follow, so that nothing is genuine to us
// (edge case 30).
void refuse_unusable_ds(const Matter& matter, FindingList& faults) {
  for (const dns::Ds& ds : matter.delegation.ds) {
    faults.note(FindingCode::algorithm_not_acceptable,
                {std::to_string(ds.key_tag.value), dns::to_text(ds.algorithm)});
  }
}

// A digest of each of the policy's types that a parent may publish and we can compute.
void add_computed(const Matter& matter, const dns::Dnskey& key, std::vector<dns::Ds>& out) {
  for (const dns::DigestType type : matter.policy.digests) {
    if (!matter.table().use_of(type).may_publish) continue;
    if (auto ds = dns::make_ds(matter.delegation.child, key, type)) out.push_back(*std::move(ds));
  }
}

void take_newest(const Matter& matter, const Reading& reading, std::optional<Time>& newest) {
  const bool is_denial = reading.says == Says::not_published;
  for (const ProvedSignature& signature : reading.answer->signatures) {
    if (signature.status != SignatureStatus::valid) continue;
    if (!is_denial && !is_by_standing_key(matter, signature)) continue;
    newest = std::max(newest.value_or(signature.inception), signature.inception);
  }
}

Inceptions newest(const Matter& matter, bool with_denials) {
  Inceptions out;
  if (!matter.is_secure() || !matter.standing_keys.is_usable()) return out;
  for (const Sight& sight : matter.sights) {
    for (const ConsideredType& considered : matter.types) {
      const Reading& reading = sight.*considered.reading;
      if (!reading.is_received()) continue;
      if (reading.says == Says::not_published && !with_denials) continue;
      const bool is_cds = considered.type == dns::RecordType::cds;
      take_newest(matter, reading, is_cds ? out.cds : out.cdnskey);
    }
  }
  return out;
}

}  // namespace

bool is_chain_whole(const Matter& matter, const Sight& sight) {
  return is_chain_whole(matter, sight.server->dnskey);
}

bool is_chain_whole(const Matter& matter, const ProvedAnswer& dnskey) {
  return any_authentic(matter, dnskey);
}

bool is_denial_proven(const Matter& matter, const Sight& sight, const ProvedAnswer& answer) {
  // Any zone key may sign an NSEC or NSEC3, provided that the chain of trust reaches the key.
  return answer.denial_found && !answer.denial_contradicts && any_valid(answer) &&
         is_chain_whole(matter, sight);
}

void check_signers(const Matter& matter, FindingList& faults) {
  if (!matter.is_secure()) return;
  if (!matter.standing_keys.is_usable()) return refuse_unusable_ds(matter, faults);
  for (const Sight& sight : matter.sights) {
    const ProvedServer& server = *sight.server;
    if (!matter.counts(server.dnskey)) continue;  // is missing, and said to be
    // A child that is bogus now cannot mend itself in band (RFC 10026 §7.2.1, edge case 31).
    if (server.dnskey.status == AnswerStatus::nodata) {
      faults.add(FindingCode::dnskey_missing, server.server);
      continue;  // without keys no signature is worth a word
    }
    check_signer(matter, server.dnskey, server.server, faults);
    for (const ConsideredType& considered : matter.types) {
      const Reading& reading = sight.*considered.reading;
      if (reading.is_published()) check_signer(matter, *reading.answer, server.server, faults);
    }
  }
}

void check_standing_chain(const Matter& matter, FindingList& warnings) {
  if (!matter.is_secure() || !matter.standing_keys.is_usable()) return;
  for (const Sight& sight : matter.sights) {
    if (!matter.counts(sight.server->dnskey) || is_chain_whole(matter, sight)) continue;
    warnings.add(FindingCode::chain_broken, sight.server->server);
  }
}

void check_validates(const ProvedAnswer& answer, const ServerAddress& server, FindingList& faults) {
  if (!answer.rrset || any_valid(answer)) return;
  name_reason(
      answer, server, [](const ProvedSignature& signature) { return signature.key.has_value(); },
      faults);
}

void check_zone_signatures(const Matter& matter, FindingList& faults) {
  for (const Sight& sight : matter.sights) {
    const ProvedServer& server = *sight.server;
    if (server.dnskey.status != AnswerStatus::answer || !matter.counts(server.dnskey)) continue;
    for (const ConsideredType& considered : matter.types) {
      const Reading& reading = sight.*considered.reading;
      if (reading.is_published()) check_validates(*reading.answer, server.server, faults);
    }
    if (matter.counts(server.soa)) check_validates(server.soa, server.server, faults);
  }
}

Inceptions newest_inception(const Matter& matter) {
  return newest(matter, true);
}

Inceptions newest_asking(const Matter& matter) {
  return newest(matter, false);
}

dns::DsSet make_ds_set(const Matter& matter, const KeySet& keys) {
  std::vector<dns::Ds> records;
  for (const KeyId id : keys) {
    const KeyBook::Entry& entry = matter.book.entry(id);
    const std::size_t before = records.size();
    if (entry.key) add_computed(matter, *entry.key, records);
    if (records.size() > before) continue;
    // A stand-by key that only the child has seen (RFC 8078 §3.1): its CDS is all there is.
    for (const dns::Ds& digest : entry.digests) {
      if (matter.table().use_of(digest.digest_type).is_eligible) records.push_back(digest);
    }
  }
  return dns::make_ds_set(std::move(records));
}

}  // namespace dskeeper::rules::rfc7344
