#include "zone_signer.h"

#include <map>
#include <set>

#include "denial_records.h"

namespace dskeeper::bench {
namespace {

using dns::Name;
using dns::Record;
using dns::RecordType;

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

const ZoneKey& key_for(const ZoneKeys& keys, RecordType type) {
  const bool is_entry =
      type == RecordType::dnskey || type == RecordType::cds || type == RecordType::cdnskey;
  return is_entry ? keys.entry() : keys.data();
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
      out.push_back(make_rrsig(apex, set, key_for(keys, type), validity));
    }
  }
  return out;
}

}  // namespace dskeeper::bench
