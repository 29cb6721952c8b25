// The delegations of one parent zone, packed: about as many octets as their records have in a zone
// file.
//
// Names are kept without the zone's own labels, DS records as RDATA; name servers, which many
// children share, and what the registry says are kept once. Values are made when asked for. Made by
// one thread; many may read it then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/byte_arena.h"
#include "base/interned_octets.h"
#include "dns/name.h"
#include "model/delegation.h"
#include "parent/registration_pool.h"

namespace dskeeper::parent {

class PackedDelegations {
 public:
  explicit PackedDelegations(dns::Name zone) : zone_(std::move(zone)) {}

  // In any order, each child once. Its parent and revision are the zone's.
  void append(const Delegation& delegation);
  // The same from its parts: the child relative to the zone, DS records as sorted RDATA.
  void append(ByteView child, std::uint32_t name_servers, std::span<const Bytes> ds, dns::Ttl ttl);
  // The same delegation as in another table of the zone; without its registration.
  void append(const PackedDelegations& from, std::size_t index, std::uint32_t name_servers);
  // A number for append(); equal name servers, sorted and with their glue, have the same.
  std::uint32_t intern(const std::vector<NameServer>& name_servers);

  // Those of the zone itself, with the addresses that it has of them: not to be taken away from it.
  void set_zone_servers(std::vector<NameServer> servers) { zone_servers_ = std::move(servers); }
  [[nodiscard]] const std::vector<NameServer>& zone_servers() const { return zone_servers_; }

  // Puts them into canonical order, in which all the indices below count.
  void sort();
  void set_registration(std::size_t index, const Registration& registration);
  // Nothing more is going to come: gives back memory.
  void close();

  [[nodiscard]] const dns::Name& zone() const { return zone_; }
  [[nodiscard]] std::size_t size() const { return addresses_.size(); }
  // Without its revision.
  [[nodiscard]] Delegation at(std::size_t index) const;
  [[nodiscard]] dns::Name child(std::size_t index) const;
  // Relative to the zone (relative_name.h).
  [[nodiscard]] ByteView relative_child(std::size_t index) const;
  [[nodiscard]] bool is_secure(std::size_t index) const;
  // Below name_server_sets().
  [[nodiscard]] std::uint32_t name_servers(std::size_t index) const;
  [[nodiscard]] std::size_t name_server_sets() const { return name_servers_.size(); }
  [[nodiscard]] std::vector<NameServer> name_servers_at(std::uint32_t number) const;
  [[nodiscard]] Registration registration(std::size_t index) const;
  [[nodiscard]] std::optional<std::size_t> index_of(const dns::Name& child) const;
  // Of a name relative to the zone: the first child that does not stand before it.
  [[nodiscard]] std::size_t lower_bound(ByteView relative) const;

 private:
  struct Entry;
  [[nodiscard]] Entry entry(std::size_t index) const;

  dns::Name zone_;
  ByteArena arena_;
  std::vector<std::uint64_t> addresses_;  // of the entries
  InternedOctets name_servers_;           // whole sets
  RegistrationPool registrations_;
  std::vector<std::uint32_t> registration_numbers_;  // by index; empty where nothing is known
  std::vector<NameServer> zone_servers_;
  Bytes scratch_;
};

}  // namespace dskeeper::parent
