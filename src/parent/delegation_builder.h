// From the records of a parent zone, in any order, to its delegations.
//
// A delegation is an NS RRset below the apex (RFC 9499 §7) that is not occluded (cuts.h). Records
// of other types are passed over. Bounded: a set that no zone would hold is an error. Pure.
//
// While it is filled the records lie packed in the order in which they came (owner_records.h); at
// the end they are sorted into canonical order, in which what a name occludes follows it at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/byte_arena.h"
#include "base/result.h"
#include "dns/rrset.h"
#include "parent/owner_records.h"
#include "parent/packed_delegations.h"
#include "parent/snapshot.h"
#include "parent/zone_remainder.h"

namespace dskeeper::parent {

inline constexpr std::size_t delegations_max = 500'000'000;

class DelegationBuilder {
 public:
  // `now` gives the era of the signatures' times.
  DelegationBuilder(const dns::Name& zone, Time now) : zone_(zone), now_(now), host_sets_(zone) {}

  // Fails where the record lies outside the zone, is malformed or goes over a limit.
  [[nodiscard]] Result<void> add(const dns::Record& record);

  // Of the zone's SOA record; nothing before it was added.
  [[nodiscard]] std::optional<dns::Serial> serial() const { return serial_; }

  // When the signature over the SOA counts; of several the one that expires last.
  [[nodiscard]] std::optional<SignatureWindow> soa_signature() const { return soa_signature_; }

  // In canonical order. Fails where there was no SOA record. Into `remainder`, where there is one,
  // goes what the zone has beside them.
  [[nodiscard]] Result<PackedDelegations> finish(ZoneRemainder* remainder = nullptr) &&;

 private:
  // Records of one owner that stood together.
  struct Run {
    std::uint64_t order_hint = 0;
    std::uint64_t address = 0;  // in arena_: the owner relative to the zone, its records
  };
  using RunIterator = std::vector<Run>::const_iterator;

  [[nodiscard]] Result<void> add_soa(const dns::Record& record);
  [[nodiscard]] Result<void> add_signature(const dns::Record& record);
  [[nodiscard]] Result<void> add_zone_host(const dns::Record& record);
  [[nodiscard]] Result<void> add_host(const dns::Record& record);
  [[nodiscard]] Result<void> add_ds(const dns::Record& record);
  [[nodiscard]] Result<void> add_address(const dns::Record& record);
  // Of the record's owner, whose run is open from now on.
  [[nodiscard]] OwnerRecords& records_of(const dns::Name& owner);
  void close_run();

  void sort_runs();
  [[nodiscard]] ByteView owner_of(const Run& run) const;
  [[nodiscard]] bool is_before(const Run& run, std::uint64_t hint, ByteView owner) const;
  // Merges the runs of one owner, and goes behind them.
  [[nodiscard]] Result<void> take_owner(RunIterator& run, OwnerRecords& into);
  // The number in `delegations` of the name servers with these names.
  [[nodiscard]] Result<std::uint32_t> name_servers_of(ByteView child, std::uint32_t host_set,
                                                      PackedDelegations& delegations);
  [[nodiscard]] Result<std::vector<IpAddress>> addresses_of(const dns::Name& host);
  // Of an owner that is a delegation: what it has beside its NS and DS records.
  void keep(ByteView owner, bool is_delegation, OwnerRecords& records, ZoneRemainder& remainder);

  dns::Name zone_;
  Time now_;
  std::optional<dns::Serial> serial_;
  Bytes soa_;  // RDATA
  std::optional<SignatureWindow> soa_signature_;
  std::vector<Bytes> soa_signatures_;  // RDATA
  std::vector<dns::Name> zone_hosts_;  // name servers of the zone itself
  dns::Name open_owner_;
  OwnerRecords open_;
  ByteArena arena_;
  std::vector<Run> runs_;
  HostSets host_sets_;
  // By number of the host set: that of the name servers with their glue, once it was asked for.
  std::vector<std::optional<std::uint32_t>> name_servers_;
  Bytes scratch_;
};

}  // namespace dskeeper::parent
