// What a parent zone is read into, whether from a file or by transfer: its delegations, and whether
// it is as its ZONEMD record says (RFC 8976).
//
// Internal to src/parent. Pure, but for the disk that a large zone with ZONEMD is sorted on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/zonemd.h"
#include "parent/delegation_builder.h"

namespace dskeeper::parent {

struct ZoneContents {
  dns::Serial serial;
  PackedDelegations delegations;
  std::optional<SignatureWindow> soa_signature;
  std::vector<std::string> warnings;  // sentences for the log
};

class ZoneIntake {
 public:
  using Keep = dns::ZonemdCheck::Keep;

  ZoneIntake(const dns::Name& zone, Time now, Keep keep)
      : zone_(zone), builder_(zone, now), zonemd_(zone, keep) {}

  [[nodiscard]] Result<void> add(const dns::Record& record);

  // Do records of all types matter? At first they do, in a zone with ZONEMD to the end.
  [[nodiscard]] bool wants_all() const { return zonemd_.is_gathering(); }
  // The types that matter after that. Of a signed zone they are a small part, and the others cost
  // more to read.
  [[nodiscard]] std::vector<dns::RecordType> wanted() const;

  // Nothing where the zone must be read again with Keep::all: its ZONEMD stands in an odd place.
  // Fails where the ZONEMD does not fit, or there is no whole zone.
  [[nodiscard]] Result<std::optional<ZoneContents>> finish() &&;

 private:
  dns::Name zone_;
  DelegationBuilder builder_;
  dns::ZonemdCheck zonemd_;
};

}  // namespace dskeeper::parent
