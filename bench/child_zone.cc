#include "child_zone.h"

#include "base/check.h"

namespace dskeeper::bench {

using dns::Name;
using dns::Record;
using dns::RecordType;

bool has_one_key(std::size_t operator_index) {
  return operator_index % 2 == 0;
}

Denial denial_of(std::size_t operator_index) {
  return operator_index / 2 % 4 == 1 ? Denial::nsec3 : Denial::nsec;
}

bool is_signed(Kind kind) {
  return kind != Kind::plain;
}

bool is_secure(Kind kind) {
  return kind == Kind::silent || kind == Kind::in_sync;
}

bool publishes_cds(Kind kind) {
  return kind == Kind::in_sync || kind == Kind::asking;
}

std::vector<Record> plain_zone(const Child& child) {
  const auto servers = World::name_servers(child.operator_index);
  std::vector<Record> zone = {soa_record(child.name, servers.front().name)};
  for (const NameServer& server : servers) zone.push_back(ns_record(child.name, server.name));
  const auto www = child.name.with_prefix(name("www"));
  CHECK(www.has_value());
  zone.push_back(a_record(child.name, "192.0.2.80"));
  zone.push_back(a_record(*www, "192.0.2.80"));
  return zone;
}

Record ds_record(const Name& owner, const ZoneKeys& keys) {
  const auto ds = dns::make_ds(owner, keys.entry().dnskey(), dns::DigestType::sha256);
  CHECK(ds.has_value());
  return {owner, RecordType::ds, zone_ttl, ds->to_rdata()};
}

std::vector<Record> request_records(const Name& owner, const ZoneKeys& keys) {
  return {{owner, RecordType::cds, zone_ttl, ds_record(owner, keys).rdata},
          {owner, RecordType::cdnskey, zone_ttl, keys.entry().dnskey().to_rdata()}};
}

}  // namespace dskeeper::bench
