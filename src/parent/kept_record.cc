#include "parent/kept_record.h"

#include <fmt/core.h>

#include <utility>

namespace dskeeper::parent {
namespace {

tl::unexpected<Error> malformed(const dns::Record& record) {
  return fail(fmt::format("the {} record of {} is malformed", dns::to_text(record.type),
                          record.owner.text()));
}

template <typename T>
Result<T> or_malformed(Result<T> value, const dns::Record& record) {
  if (!value) return malformed(record);
  return value;
}

}  // namespace

Result<KeptKind> kept_kind(const dns::Name& zone, const dns::Record& record) {
  if (!record.owner.is_at_or_below(zone)) {
    return fail(fmt::format("{} lies outside the zone {}", record.owner.text(), zone.text()));
  }
  const auto at_apex = [&](KeptKind kind) { return record.owner == zone ? kind : KeptKind::none; };
  const auto below = [&](KeptKind kind) { return record.owner == zone ? KeptKind::none : kind; };
  switch (record.type) {
    case dns::RecordType::soa:
      return at_apex(KeptKind::soa);
    case dns::RecordType::rrsig:
      return at_apex(KeptKind::soa_signature);
    case dns::RecordType::zonemd:
      return at_apex(KeptKind::zonemd);
    case dns::RecordType::ns:
      return record.owner == zone ? KeptKind::zone_host : KeptKind::host;
    case dns::RecordType::ds:
      return below(KeptKind::ds);
    case dns::RecordType::a:
    case dns::RecordType::aaaa:
      return KeptKind::address;
    case dns::RecordType::dname:
      return KeptKind::dname;
    default:
      return KeptKind::none;
  }
}

Result<dns::Soa> kept_soa(const dns::Record& record) {
  return or_malformed(dns::Soa::from_rdata(record.rdata), record);
}

Result<dns::Rrsig> kept_signature(const dns::Record& record, Time now) {
  return or_malformed(dns::Rrsig::from_rdata(record.rdata, now), record);
}

Result<dns::Name> kept_host(const dns::Record& record) {
  return or_malformed(dns::Name::from_wire(record.rdata), record);
}

Result<void> check_ds(const dns::Record& record) {
  if (!dns::Ds::from_rdata(record.rdata)) return malformed(record);
  return {};
}

Result<IpAddress> kept_address(const dns::Record& record) {
  const ByteView octets = record.rdata;
  if (octets.size() != (record.type == dns::RecordType::a ? 4U : 16U)) return malformed(record);
  return octets.size() == 4 ? IpAddress::v4(octets.first<4>()) : IpAddress::v6(octets.first<16>());
}

}  // namespace dskeeper::parent
