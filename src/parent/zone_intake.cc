#include "parent/zone_intake.h"

#include <fmt/core.h>

#include <utility>

namespace dskeeper::parent {

Result<void> ZoneIntake::add(const dns::Record& record) {
  if (auto added = builder_.add(record); !added) return added;
  return zonemd_.add(record);
}

std::vector<dns::RecordType> ZoneIntake::wanted() const {
  using dns::RecordType;
  std::vector<RecordType> types = {RecordType::soa,   RecordType::ns, RecordType::ds,
                                   RecordType::dname, RecordType::a,  RecordType::aaaa,
                                   RecordType::zonemd};
  // Only where the SOA's signature does not stand with the apex, in front.
  if (!builder_.soa_signature()) types.push_back(RecordType::rrsig);
  return types;
}

Result<std::optional<ZoneContents>> ZoneIntake::finish() && {
  auto zonemd = zonemd_.finish();
  if (!zonemd) return pass_on(std::move(zonemd));
  std::vector<std::string> warnings;
  switch (zonemd->status) {
    case dns::ZonemdStatus::late:
      return std::optional<ZoneContents>();
    case dns::ZonemdStatus::failed:
      return fail(fmt::format("the ZONEMD record of {} {}", zone_.text(), zonemd->why), {},
                  "The zone is not whole, or was altered without a new ZONEMD.");
    case dns::ZonemdStatus::unsupported:
      warnings.push_back(fmt::format("the ZONEMD record of {} {}: the zone is not checked",
                                     zone_.text(), zonemd->why));
      break;
    case dns::ZonemdStatus::absent:
    case dns::ZonemdStatus::verified:
      break;
  }
  const dns::Serial serial = builder_.serial().value_or(dns::Serial{});
  const std::optional<SignatureWindow> soa_signature = builder_.soa_signature();
  auto delegations = std::move(builder_).finish();
  if (!delegations) return pass_on(std::move(delegations));
  return std::optional(
      ZoneContents{serial, *std::move(delegations), soa_signature, std::move(warnings)});
}

}  // namespace dskeeper::parent
