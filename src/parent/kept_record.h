// Which records of a parent zone its delegations are made of, and what is in them.
//
// The same for a zone that is read whole and for the differences between its versions. Pure.
#pragma once

#include <cstdint>

#include "base/ip_address.h"
#include "base/result.h"
#include "dns/rrset.h"

namespace dskeeper::parent {

enum class KeptKind : std::uint8_t {
  none,           // does not matter
  soa,            // of the zone, as are its signature and its ZONEMD
  soa_signature,  // an RRSIG record of the apex; not all of them are over the SOA
  zonemd,
  zone_host,  // an NS record of the apex
  host,       // an NS record below it
  ds,
  address,
  dname,
};

// Fails where the record lies outside the zone.
[[nodiscard]] Result<KeptKind> kept_kind(const dns::Name& zone, const dns::Record& record);

// Of a record of that kind. They fail where its RDATA is malformed.
[[nodiscard]] Result<dns::Soa> kept_soa(const dns::Record& record);
[[nodiscard]] Result<dns::Rrsig> kept_signature(const dns::Record& record, Time now);
[[nodiscard]] Result<dns::Name> kept_host(const dns::Record& record);
[[nodiscard]] Result<void> check_ds(const dns::Record& record);
[[nodiscard]] Result<IpAddress> kept_address(const dns::Record& record);

}  // namespace dskeeper::parent
