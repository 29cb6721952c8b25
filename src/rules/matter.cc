#include "rules/matter.h"

#include <algorithm>

#include "rules/rfc7344.h"
#include "rules/rfc8078.h"

namespace dskeeper::rules {
namespace {

// RFC 4509 §3: SHA-1 records are ignored beside such of a better digest type.
bool is_better_than_sha1(const dns::Ds& ds) {
  return ds.digest_type == dns::DigestType::sha256 || ds.digest_type == dns::DigestType::sha384;
}

std::vector<ConsideredType> considered_types(const Policy& policy) {
  std::vector<ConsideredType> types;
  if (policy.signals != SignalTypes::cdnskey) types.push_back({dns::RecordType::cds, &Sight::cds});
  if (policy.signals != SignalTypes::cds) {
    types.push_back({dns::RecordType::cdnskey, &Sight::cdnskey});
  }
  return types;
}

std::vector<const Proved*> in_order(std::span<const Proved> proved) {
  std::vector<const Proved*> ordered;
  ordered.reserve(proved.size());
  for (const Proved& one : proved) ordered.push_back(&one);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Proved* a, const Proved* b) { return a->vantage < b->vantage; });
  return ordered;
}

void add_sights(Matter& matter) {
  for (std::size_t vantage = 0; vantage < matter.proved.size(); ++vantage) {
    for (const ProvedServer& server : matter.proved[vantage]->servers) {
      matter.sights.push_back(Sight{vantage, &server, {}, {}});
    }
  }
  std::stable_sort(matter.sights.begin(), matter.sights.end(), [](const Sight& a, const Sight& b) {
    return a.server->server < b.server->server;
  });
}

// What can be said before any record is read.
void begin_reading(const Matter& matter, const Sight& sight, const ProvedAnswer& answer,
                   Reading& reading) {
  reading.answer = &answer;
  if (!matter.counts(answer) || answer.status != AnswerStatus::nodata) return;
  // RFC 9975 §3: validate every answer. Where the DS set leads nowhere (RFC 4035 §5.2) the child is
  // insecure and proves nothing.
  const bool needs_proof = matter.is_secure() && matter.standing_keys.is_usable();
  const bool is_proven = !needs_proof || rfc7344::is_denial_proven(matter, sight, answer);
  reading.says = is_proven ? Says::not_published : Says::unproven;
}

bool has_records(const Matter& matter, const Reading& reading) {
  return reading.answer != nullptr && reading.answer->rrset && matter.counts(*reading.answer);
}

// A standing record of a digest type that CDS are not compared by, of a key that nobody has shown,
// is taken for the same key as its neighbour with the same tag and algorithm. RFC 9975 §3 leaves it
// to us which digests count in the status quo; else a stand-by key's second digest would always
// look like a request (edge case 47).
KeyId identify_standing(Matter& matter, const dns::Ds& ds) {
  const KeyId id = matter.book.identify(ds);
  if (matter.book.entry(id).key || matter.table().use_of(ds.digest_type).is_eligible) return id;
  for (const dns::Ds& other : matter.delegation.ds) {
    const bool is_twin = other.key_tag == ds.key_tag && other.algorithm == ds.algorithm &&
                         matter.table().use_of(other.digest_type).is_eligible;
    if (is_twin) return matter.book.identify(other);
  }
  return id;
}

void read_standing(Matter& matter) {
  std::vector<KeyId> ids;
  KeySet listed;
  for (const dns::Ds& ds : matter.delegation.ds) {
    ids.push_back(identify_standing(matter, ds));
    const auto& digests = matter.policy.digests;
    if (std::find(digests.begin(), digests.end(), ds.digest_type) != digests.end()) {
      listed.push_back(ids.back());
    }
  }
  matter.standing = make_key_set(std::move(ids));
  matter.standing_has_listed_digests = make_key_set(std::move(listed)) == matter.standing;
}

// Keys first, so that each CDS finds the key that it names.
void read_records(Matter& matter, FindingList& faults) {
  for (const Sight& sight : matter.sights) {
    for (const dns::Dnskey& key : sight.server->keys) matter.book.add(key);
  }
  for (Sight& sight : matter.sights) {
    if (has_records(matter, sight.cdnskey)) rfc8078::read_cdnskey(matter, sight, faults);
  }
  for (Sight& sight : matter.sights) {
    if (has_records(matter, sight.cds)) rfc8078::read_cds(matter, sight, faults);
  }
  for (const Sight& sight : matter.sights) {
    matter.is_anything_published =
        matter.is_anything_published || sight.cds.is_published() || sight.cdnskey.is_published();
  }
  read_standing(matter);
}

// A policy may look at CDNSKEY only to compare it with CDS (policies.md, se).
void leave_out_cdnskey_alone(Matter& matter) {
  if (matter.policy.signals != SignalTypes::cds_matched) return;
  const bool has_cds = std::any_of(matter.sights.begin(), matter.sights.end(),
                                   [&](const Sight& s) { return has_records(matter, s.cds); });
  if (has_cds) return;
  std::erase_if(matter.types,
                [](const ConsideredType& type) { return type.type == dns::RecordType::cdnskey; });
}

}  // namespace

StandingKeys::StandingKeys(const Delegation& delegation) : child_(&delegation.child) {
  bool has_better = false;
  for (const dns::Ds& ds : delegation.ds) {
    if (!dns::is_supported(ds.algorithm)) continue;
    if (!is_better_than_sha1(ds) && ds.digest_type != dns::DigestType::sha1) continue;
    usable_.push_back(&ds);
    has_better = has_better || is_better_than_sha1(ds);
  }
  if (has_better) {
    std::erase_if(usable_, [](const dns::Ds* ds) { return !is_better_than_sha1(*ds); });
  }
}

bool StandingKeys::names(const dns::Dnskey& key) const {
  for (const auto& [known, named] : known_) {
    if (*known == key) return named;
  }
  const bool named = std::any_of(usable_.begin(), usable_.end(), [&](const dns::Ds* ds) {
    return dns::names_key(*ds, *child_, key);
  });
  known_.emplace_back(&key, named);
  return named;
}

bool Matter::counts(const ProvedAnswer& answer) const {
  if (!is_received(answer.status)) return false;
  // Anyone can forge a datagram: what no signature protects must come over TCP (standards.md
  // §18-3).
  const bool needs_tcp = !is_secure() || policy.secure_transport == SecureTransport::tcp;
  return !needs_tcp || answer.transport == Transport::tcp;
}

Matter open_matter(const Delegation& delegation, std::span<const Proved> proved,
                   const Policy& policy, FindingList& faults) {
  Matter matter{.delegation = delegation,
                .policy = policy,
                .proved = in_order(proved),
                .standing_keys = StandingKeys(delegation),
                .book = KeyBook(delegation.child),
                .types = considered_types(policy),
                .sights = {},
                .standing = {},
                .is_anything_published = false,
                .standing_has_listed_digests = false};
  add_sights(matter);
  bool any_records = false;
  for (Sight& sight : matter.sights) {
    for (const ConsideredType& considered : matter.types) {
      const bool is_cds = considered.type == dns::RecordType::cds;
      Reading& reading = sight.*considered.reading;
      begin_reading(matter, sight, is_cds ? sight.server->cds : sight.server->cdnskey, reading);
      any_records = any_records || has_records(matter, reading);
    }
  }
  if (any_records) read_records(matter, faults);
  leave_out_cdnskey_alone(matter);
  return matter;
}

}  // namespace dskeeper::rules
