// What a parent zone is read into, whether from a file or by transfer: its delegations, and whether
// it is as its ZONEMD record says (RFC 8976).
//
// Internal to src/parent. Pure, but for the disk that a large zone with ZONEMD is sorted on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/zonemd.h"
#include "parent/delegation_builder.h"
#include "parent/next_version.h"

namespace dskeeper::parent {

struct ZoneContents {
  dns::Serial serial;
  PackedDelegations delegations;
  std::optional<SignatureWindow> soa_signature;
  std::vector<std::string> warnings;  // sentences for the log
  // What differences to the next version can be applied to; nothing where nobody wants that, or
  // where there is a ZONEMD record, against which only the whole zone can be held (RFC 8976 §4).
  std::optional<ZoneRemainder> remainder;
};

// Of a version that differences lead to. `now` gives the era of the signatures' times.
[[nodiscard]] Result<ZoneContents> contents_of(ZoneVersion version, Time now);

class ZoneIntake {
 public:
  using Keep = dns::ZonemdCheck::Keep;
  enum class Next : std::uint8_t { whole, differences };  // how the next version may be read

  ZoneIntake(const dns::Name& zone, Time now, Keep keep, Next next = Next::whole)
      : zone_(zone), next_(next), builder_(zone, now), zonemd_(zone, keep) {}

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
  Next next_;
  DelegationBuilder builder_;
  dns::ZonemdCheck zonemd_;
};

}  // namespace dskeeper::parent
