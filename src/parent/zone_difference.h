// The differences between two versions of a parent zone (RFC 1995 §4), applied to what is held of
// the first one: its delegations and what the zone has beside them.
//
// Records are removed and added in the order in which they come; what is held stays as it is, so
// that differences that do not fit, or that end too early, leave no trace. Only records that
// delegations are made of are kept (kept_record.h): of these it is checked that each one that is
// removed was there, and each one that is added was not.
//
// Pure. What is held must outlive it. Bounded: of a zone that has changed in large part it is
// cheaper to read the whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "dns/rrset.h"
#include "parent/kept_record.h"
#include "parent/next_version.h"
#include "parent/snapshot.h"

namespace dskeeper::parent {

class ZoneDifference {
 public:
  enum class Step : std::uint8_t { removal, addition };

  // `now` gives the era of the signatures' times.
  ZoneDifference(const PackedDelegations& held, const ZoneRemainder& remainder, Time now);

  // Fails where the record does not fit to what is there; what was applied is of no use then.
  [[nodiscard]] Result<void> apply(Step step, const dns::Record& record);

  // How many records that delegations are made of were removed and added.
  [[nodiscard]] std::size_t removed() const { return removed_; }
  [[nodiscard]] std::size_t added() const { return added_; }

  // The version that they lead to. Fails where it is no zone.
  [[nodiscard]] Result<ZoneVersion> finish() &&;

 private:
  [[nodiscard]] Result<void> apply_to_soa(Step step, const dns::Record& record);
  [[nodiscard]] Result<void> apply_to_signatures(Step step, const dns::Record& record);
  [[nodiscard]] Result<void> apply_to_owner(Step step, KeptKind kind, const dns::Record& record);
  // The owner's records, from now on among those that are touched.
  [[nodiscard]] Result<OwnerRecords*> touch(const dns::Name& owner);

  const PackedDelegations& held_;
  const ZoneRemainder& remainder_;
  Time now_;
  std::size_t touched_max_;
  Bytes soa_;  // RDATA; empty between its removal and its addition
  std::vector<Bytes> soa_signatures_;
  TouchedOwners touched_;
  std::size_t removed_ = 0;
  std::size_t added_ = 0;
};

}  // namespace dskeeper::parent
