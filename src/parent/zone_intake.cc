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
  ZoneContents contents{builder_.serial().value_or(dns::Serial{}), PackedDelegations(zone_),
                        builder_.soa_signature(), std::move(warnings), std::nullopt};
  if (next_ == Next::differences && zonemd->status == dns::ZonemdStatus::absent) {
    contents.remainder.emplace(zone_);
  }
  auto delegations =
      std::move(builder_).finish(contents.remainder ? &*contents.remainder : nullptr);
  if (!delegations) return pass_on(std::move(delegations));
  contents.delegations = *std::move(delegations);
  return std::optional(std::move(contents));
}

Result<ZoneContents> contents_of(ZoneVersion version, Time now) {
  auto soa = dns::Soa::from_rdata(version.remainder.soa);
  if (!soa) return pass_on(std::move(soa));
  std::optional<SignatureWindow> window;
  for (const Bytes& rdata : version.remainder.soa_signatures) {
    auto signature = dns::Rrsig::from_rdata(rdata, now);
    if (!signature) return pass_on(std::move(signature));
    take_later(window, *signature);
  }
  return ZoneContents{
      soa->serial, std::move(version.delegations), window, {}, std::move(version.remainder)};
}

}  // namespace dskeeper::parent
