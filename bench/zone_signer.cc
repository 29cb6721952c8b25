#include "zone_signer.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"
#include "denial_records.h"

namespace dskeeper::bench {
namespace {

using dns::Name;
using dns::Record;
using dns::RecordType;

constexpr std::size_t coordinate_octets = 32;  // P-256

using Types = std::map<RecordType, std::vector<Record>>;
using Nodes = std::map<Name, Types>;

Nodes make_nodes(std::vector<Record> records) {
  Nodes nodes;
  for (Record& record : records) nodes[record.owner][record.type].push_back(std::move(record));
  return nodes;
}

bool is_delegation(const Name& apex, const Name& owner, const Types& types) {
  return owner != apex && types.contains(RecordType::ns);
}

Record make_rrsig(const Name& apex, const std::vector<Record>& records, const ZoneKey& key,
                  const Validity& validity) {
  const Record& first = records.front();
  dns::Rrset rrset{first.owner, first.type, first.ttl, {}, {}};
  for (const Record& record : records) rrset.rdata.push_back(record.rdata);
  rrset.rdata = dns::make_rdata_set(std::move(rrset.rdata));
  dns::Rrsig rrsig;
  rrsig.covered = first.type;
  rrsig.algorithm = dns::Algorithm::ecdsap256sha256;
  rrsig.labels = static_cast<std::uint8_t>(first.owner.label_count());
  rrsig.original_ttl = first.ttl;
  rrsig.expiration = validity.until;
  rrsig.inception = validity.from;
  rrsig.key_tag = key.dnskey().key_tag();
  rrsig.signer = apex;
  Bytes rdata = rrsig.rdata_without_signature();
  const Bytes signature = key.sign(dns::signed_data(rrset, rrsig));
  rdata.insert(rdata.end(), signature.begin(), signature.end());
  return {first.owner, RecordType::rrsig, first.ttl, std::move(rdata)};
}

bool is_signed_by_entry(RecordType type) {
  return type == RecordType::dnskey || type == RecordType::cds || type == RecordType::cdnskey;
}

// What the bitmap of an owner lists: its types, RRSIG where anything is signed, and NSEC itself.
std::set<RecordType> bitmap_types(const Types& types, bool is_cut, Denial denial) {
  std::set<RecordType> out;
  for (const auto& [type, records] : types) {
    if (!is_cut || type == RecordType::ns || type == RecordType::ds) out.insert(type);
  }
  if (!is_cut || types.contains(RecordType::ds) || denial == Denial::nsec) {
    out.insert(RecordType::rrsig);
  }
  if (denial == Denial::nsec) out.insert(RecordType::nsec);
  return out;
}

// Takes the names below delegations out of the zone's own: they are glue.
std::vector<Record> take_glue(const Name& apex, Nodes& nodes) {
  std::vector<Record> glue;
  const Name* cut = nullptr;
  for (auto node = nodes.begin(); node != nodes.end();) {
    if (cut != nullptr && node->first.is_below(*cut)) {
      for (const auto& [type, records] : node->second) {
        glue.insert(glue.end(), records.begin(), records.end());
      }
      node = nodes.erase(node);
      continue;
    }
    if (is_delegation(apex, node->first, node->second)) cut = &node->first;
    ++node;
  }
  return glue;
}

void add_denial(const Name& apex, Nodes& nodes, Denial denial) {
  if (denial == Denial::nsec3) nodes[apex][RecordType::nsec3param].push_back(nsec3param(apex));
  std::map<Name, std::set<RecordType>> bitmaps;
  for (const auto& [owner, types] : nodes) {
    bitmaps[owner] = bitmap_types(types, is_delegation(apex, owner, types), denial);
  }
  const auto chain = denial == Denial::nsec ? nsec_chain(bitmaps) : nsec3_chain(apex, bitmaps);
  for (const Record& record : chain) nodes[record.owner][record.type].push_back(record);
}

}  // namespace

ZoneKey::ZoneKey(std::uint16_t flags) : pair_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
  CHECK(pair_ != nullptr);
  unsigned char* point = nullptr;
  const std::size_t octets = EVP_PKEY_get1_encoded_public_key(pair_.get(), &point);
  CHECK(octets == 1 + 2 * coordinate_octets);  // 04 | x | y, of which RFC 6605 §4 takes x | y
  dnskey_ = {flags, 3, dns::Algorithm::ecdsap256sha256, Bytes(point + 1, point + octets)};
  OPENSSL_free(point);
}

Bytes ZoneKey::sign(ByteView data) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, pair_.get()) == 1);
  std::array<unsigned char, 80> der{};
  std::size_t octets = der.size();
  CHECK(EVP_DigestSign(context.get(), der.data(), &octets, data.data(), data.size()) == 1);
  const unsigned char* begin = der.data();
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
      d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(octets)), ECDSA_SIG_free);
  CHECK(signature != nullptr);
  Bytes out(2 * coordinate_octets);
  constexpr int width = coordinate_octets;
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out.data(), width);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out.data() + width, width);
  return out;
}

ZoneKeys make_csk() {
  return {{ZoneKey(flags_ksk)}};
}

ZoneKeys make_ksk_and_zsk() {
  return {{ZoneKey(flags_ksk), ZoneKey(flags_zsk)}};
}

std::vector<Record> sign_zone(const Name& apex, std::vector<Record> records, const ZoneKeys& keys,
                              Denial denial, const Validity& validity) {
  for (const ZoneKey& key : keys.keys) {
    records.push_back({apex, RecordType::dnskey, zone_ttl, key.dnskey().to_rdata()});
  }
  Nodes nodes = make_nodes(std::move(records));
  std::vector<Record> out = take_glue(apex, nodes);
  add_denial(apex, nodes, denial);
  for (const auto& [owner, types] : nodes) {
    const bool is_cut = is_delegation(apex, owner, types);
    for (const auto& [type, set] : types) {
      out.insert(out.end(), set.begin(), set.end());
      if (is_cut && type == RecordType::ns) continue;
      const ZoneKey& key = is_signed_by_entry(type) ? keys.entry() : keys.data();
      out.push_back(make_rrsig(apex, set, key, validity));
    }
  }
  return out;
}

}  // namespace dskeeper::bench
