// What a parent zone has beside its delegations that the differences to its next version may touch
// (RFC 1995): the SOA, and the records of names that a Snapshot does not show.
//
// Together with the snapshot of the same reading it is all that delegations are made of: glue, the
// addresses of hosts that may become name servers, what is occluded and may come to light.
#pragma once

#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "parent/owner_table.h"

namespace dskeeper::parent {

struct ZoneRemainder {
  explicit ZoneRemainder(dns::Name zone) : owners(std::move(zone)) {}

  Bytes soa;                          // RDATA
  std::vector<Bytes> soa_signatures;  // RDATA of the RRSIG records over it
  OwnerTable owners;                  // of a delegation without its NS and DS records
};

// Adds an RRSIG record over the SOA that is not there yet. Bounded.
[[nodiscard]] Result<void> keep_signature(std::vector<Bytes>& signatures, const Bytes& rdata);

}  // namespace dskeeper::parent
