#include "rules/trust_chain.h"

#include <algorithm>
#include <utility>

namespace dskeeper::rules {
namespace {

// As for a child's own zone (prove.cc): what is searched is bounded, too.
constexpr std::size_t keys_per_zone_max = 32;
constexpr std::size_t signatures_per_rrset_max = 16;
constexpr std::size_t ds_per_zone_max = 64;

std::optional<dns::Rrset> rrset_in(const Bytes& wire, const dns::Name& owner, dns::RecordType type,
                                   Time now) {
  const auto message = dns::parse_message(wire, now);
  if (!message) return std::nullopt;
  const dns::Rrset* rrset = message->find_answer(owner, type);
  if (rrset == nullptr) return std::nullopt;
  return *rrset;
}

// The wildcard that an expanded RRset was signed as (RFC 4035 §5.3.2), else the RRset as it is.
dns::Rrset as_signed(const dns::Rrset& rrset, const dns::Rrsig& signature) {
  const std::size_t labels = rrset.owner.label_count();
  if (signature.labels >= labels) return rrset;
  dns::Name encloser = rrset.owner;
  for (std::size_t i = signature.labels; i < labels; ++i) encloser = encloser.parent();
  const auto asterisk = dns::Name::parse("*");
  const auto wildcard = encloser.with_prefix(*asterisk);
  if (!wildcard) return rrset;
  dns::Rrset made = rrset;
  made.owner = *wildcard;
  return made;
}

}  // namespace

std::optional<dns::Name> TrustChain::signer_of(const dns::Rrset& rrset) {
  const std::size_t count = std::min(rrset.signatures.size(), signatures_per_rrset_max);
  std::vector<dns::Name> tried;  // is_signed() takes all signatures of a zone
  for (std::size_t i = 0; i < count; ++i) {
    const dns::Name& zone = rrset.signatures[i].signer;
    if (std::ranges::find(tried, zone) != tried.end()) continue;
    tried.push_back(zone);
    // The parent's side of the cut signs a DS, never the zone itself (RFC 4035 §2.4): so each step
    // leads to an ancestor.
    const bool may_sign = rrset.type == dns::RecordType::ds ? rrset.owner.is_below(zone)
                                                            : rrset.owner.is_at_or_below(zone);
    if (!may_sign) continue;
    if (is_signed(rrset, zone, keys_of(zone))) return zone;
  }
  return std::nullopt;
}

const TrustChain::Keys& TrustChain::keys_of(const dns::Name& zone) {
  if (const auto known = keys_.find(zone); known != keys_.end()) return known->second;
  // Each step leads to an ancestor, and a name has at most 127 labels.
  Keys keys = find_keys(zone);
  return keys_.emplace(zone, std::move(keys)).first->second;
}

TrustChain::Keys TrustChain::find_keys(const dns::Name& zone) {
  const auto link = std::ranges::find(survey_.chain, zone, &ChainLink::zone);
  if (link == survey_.chain.end()) return {};
  const auto rrset = rrset_in(link->dnskey, zone, dns::RecordType::dnskey, now_);
  if (!rrset || rrset->rdata.size() > keys_per_zone_max) return {};
  Keys keys;
  for (const Bytes& rdata : rrset->rdata) {
    if (auto key = dns::Dnskey::from_rdata(rdata)) keys.push_back(*std::move(key));
  }
  // RFC 4035 §5.2: the set is signed by a key that a trusted DS names.
  Keys entries;
  const std::vector<dns::Ds> trusted = trusted_ds(zone, *link);
  for (const dns::Dnskey& key : keys) {
    const auto names_it = [&](const dns::Ds& ds) { return dns::names_key(ds, zone, key); };
    if (std::ranges::any_of(trusted, names_it)) entries.push_back(key);
  }
  return is_signed(*rrset, zone, entries) ? keys : Keys{};
}

std::vector<dns::Ds> TrustChain::trusted_ds(const dns::Name& zone, const ChainLink& link) {
  std::vector<dns::Ds> trusted;
  for (const TrustAnchor& anchor : survey_.anchors) {
    if (anchor.zone == zone) trusted.push_back(anchor.ds);
  }
  if (!trusted.empty() || zone.is_root()) return trusted;
  const auto rrset = rrset_in(link.ds, zone, dns::RecordType::ds, now_);
  if (!rrset || rrset->rdata.size() > ds_per_zone_max) return {};
  if (!signer_of(*rrset)) return {};
  for (const Bytes& rdata : rrset->rdata) {
    if (auto ds = dns::Ds::from_rdata(rdata)) trusted.push_back(*std::move(ds));
  }
  return trusted;
}

bool TrustChain::is_signed(const dns::Rrset& rrset, const dns::Name& zone,
                           std::span<const dns::Dnskey> keys) {
  budget_.begin_rrset();
  const std::size_t count = std::min(rrset.signatures.size(), signatures_per_rrset_max);
  for (std::size_t i = 0; i < count; ++i) {
    const dns::Rrsig& signature = rrset.signatures[i];
    if (signature.signer != zone) continue;
    const dns::Rrset made = as_signed(rrset, signature);
    for (const dns::Dnskey& key : keys) {
      if (key.algorithm != signature.algorithm || key.key_tag() != signature.key_tag) continue;
      const auto status = verifier_.verify(made, signature, key, zone, now_, budget_);
      if (status == dns::SignatureStatus::valid) return true;
      // To hash the data for each signature that is left would be work too.
      if (status == dns::SignatureStatus::too_much_work) return false;
    }
  }
  return false;
}

}  // namespace dskeeper::rules
