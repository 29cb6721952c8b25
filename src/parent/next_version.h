// The next version of a parent zone, made of the one that is held and of the owners that the
// differences between the two touch: as if it had been read whole.
//
// Internal to src/parent. Pure.
#pragma once

#include <map>

#include "base/result.h"
#include "parent/packed_delegations.h"
#include "parent/relative_name.h"
#include "parent/zone_remainder.h"

namespace dskeeper::parent {

struct ZoneVersion {
  explicit ZoneVersion(const dns::Name& zone) : delegations(zone), remainder(zone) {}
  PackedDelegations delegations;
  ZoneRemainder remainder;
};

struct CanonicalOrder {
  using is_transparent = void;
  bool operator()(ByteView one, ByteView other) const { return compare_relative(one, other) < 0; }
};
// By owner, relative to the zone: all its records in the next version.
using TouchedOwners = std::map<Bytes, OwnerRecords, CanonicalOrder>;

// The records of an owner, relative to the zone.
[[nodiscard]] OwnerRecords held_records(const PackedDelegations& delegations,
                                        const ZoneRemainder& remainder, ByteView owner);

// Without SOA and signatures. Fails where a limit is reached, as reading it whole would.
[[nodiscard]] Result<ZoneVersion> make_next_version(const PackedDelegations& delegations,
                                                    const ZoneRemainder& remainder,
                                                    const TouchedOwners& touched);

}  // namespace dskeeper::parent
