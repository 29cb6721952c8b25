// The records of one owner name, as far as delegations are made of them, and their packed form.
//
// A zone gives them in any order; those that stand together are packed together, and the parts of
// one name are merged when all is read. Bounded: a set that no zone would hold is an error. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/interned_octets.h"
#include "base/ip_address.h"
#include "base/packed_octets.h"
#include "base/result.h"
#include "dns/name.h"
#include "dns/types.h"

namespace dskeeper::parent {

// The most NS or DS records of one delegation, and addresses of one host.
inline constexpr std::size_t records_of_set_max = 100;

// Sets of name server names, each once: millions of children share some thousands.
class HostSets {
 public:
  static constexpr std::uint32_t none = 0;
  explicit HostSets(dns::Name zone) : zone_(std::move(zone)) { sets_.intern({}); }
  // Of sorted names.
  std::uint32_t intern(const std::vector<dns::Name>& hosts);
  [[nodiscard]] std::vector<dns::Name> at(std::uint32_t number) const;
  // The names of either. The error begins behind the owner's name.
  [[nodiscard]] Result<std::uint32_t> join(std::uint32_t one, std::uint32_t other);
  // Nothing more is going to come: gives back memory.
  void close() {
    sets_.close();
    joined_ = {};
    scratch_ = {};
  }

 private:
  // Two sets that were joined. Where a zone gives its records in no order, each child's are put
  // together one by one, the same ones for all children of an operator.
  struct Joined {
    std::uint32_t one = none;
    std::uint32_t other = none;
    std::uint32_t both = none;
  };
  static constexpr std::size_t joined_kept = std::size_t{1} << 14U;

  dns::Name zone_;
  InternedOctets sets_;
  std::vector<Joined> joined_;  // the last one of each place; empty before the first
  Bytes scratch_;
};

struct OwnerRecords {
  std::vector<dns::Name> hosts;  // while it is filled; then host_set says it
  std::uint32_t host_set = HostSets::none;
  std::vector<Bytes> ds;  // RDATA
  dns::Ttl ds_ttl;
  std::vector<IpAddress> addresses;
  bool has_dname = false;
  // There was more than is kept: what a deletion would leave cannot be told.
  bool is_lossy = false;

  // Each adds a value that is not there yet. The error begins behind the owner's name.
  [[nodiscard]] Result<void> add_host(dns::Name host);
  [[nodiscard]] Result<void> add_ds(ByteView rdata, dns::Ttl ttl);
  // Of many addresses not all are kept, but enough to see that they are too many, should the name
  // be a name server's. What other names have is not our affair.
  void add_address(const IpAddress& address);
  // RFC 6672 §2.4: a name has one.
  void add_dname();

  [[nodiscard]] bool is_empty() const;
  // Keeps the memory.
  void clear();
};

// Sorts the hosts.
void pack(OwnerRecords& records, HostSets& sets, Bytes& out);
// Adds what is packed to what is there.
[[nodiscard]] Result<void> merge(PackedReader packed, HostSets& sets, OwnerRecords& into);
// What is packed, with its hosts.
[[nodiscard]] OwnerRecords unpack(PackedReader packed, const HostSets& sets);

}  // namespace dskeeper::parent
