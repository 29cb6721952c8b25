#include "parent/packed_delegations.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/packed_octets.h"
#include "parent/relative_name.h"

namespace dskeeper::parent {

// Child, number of its name servers, count of DS records; if there are any, their TTL and each.
struct PackedDelegations::Entry {
  explicit Entry(ByteView packed)
      : rest(packed),
        child(rest.octets()),
        name_servers(static_cast<std::uint32_t>(rest.number())),
        ds_count(rest.number()) {}
  PackedReader rest;
  ByteView child;
  std::uint32_t name_servers;
  std::uint64_t ds_count;
};

namespace {

dns::Ds unpack_ds(ByteView rdata) {
  CHECK(rdata.size() >= 4);
  const ByteView digest = rdata.subspan(4);
  return {dns::KeyTag{static_cast<std::uint16_t>(rdata[0] << 8U | rdata[1])},
          static_cast<dns::Algorithm>(rdata[2]), static_cast<dns::DigestType>(rdata[3]),
          Bytes(digest.begin(), digest.end())};
}

IpAddress unpack_address(ByteView octets) {
  return octets.size() == 4 ? IpAddress::v4(octets.first<4>()) : IpAddress::v6(octets.first<16>());
}

}  // namespace

void PackedDelegations::append(const Delegation& delegation) {
  std::vector<Bytes> ds;
  ds.reserve(delegation.ds.size());
  for (const dns::Ds& record : delegation.ds) ds.push_back(record.to_rdata());
  append(relative_to(zone_, delegation.child), intern(delegation.name_servers), ds,
         delegation.ds_ttl);
  if (delegation.registration != Registration{}) {
    set_registration(size() - 1, delegation.registration);
  }
}

void PackedDelegations::append(ByteView child, std::uint32_t name_servers,
                               std::span<const Bytes> ds, dns::Ttl ttl) {
  scratch_.clear();
  put_octets(scratch_, child);
  put_number(scratch_, name_servers);
  put_number(scratch_, ds.size());
  if (!ds.empty()) put_number(scratch_, ttl.seconds);
  for (const Bytes& rdata : ds) put_octets(scratch_, rdata);
  addresses_.push_back(arena_.append(scratch_));
  if (!registration_numbers_.empty()) registration_numbers_.push_back(0);
}

void PackedDelegations::append(const PackedDelegations& from, std::size_t index,
                               std::uint32_t name_servers) {
  Entry packed = from.entry(index);
  scratch_.clear();
  put_octets(scratch_, packed.child);
  put_number(scratch_, name_servers);
  put_number(scratch_, packed.ds_count);
  if (packed.ds_count > 0) put_number(scratch_, packed.rest.number());  // the TTL
  for (std::uint64_t i = 0; i < packed.ds_count; ++i) put_octets(scratch_, packed.rest.octets());
  addresses_.push_back(arena_.append(scratch_));
  if (!registration_numbers_.empty()) registration_numbers_.push_back(0);
}

std::uint32_t PackedDelegations::intern(const std::vector<NameServer>& name_servers) {
  scratch_.clear();
  put_number(scratch_, name_servers.size());
  for (const NameServer& server : name_servers) {
    put_octets(scratch_, relative_to(zone_, server.host));
    put_number(scratch_, server.glue.size());
    for (const IpAddress& address : server.glue) put_octets(scratch_, address.octets());
  }
  return name_servers_.intern(scratch_);
}

void PackedDelegations::sort() {
  struct Place {
    std::uint64_t hint = 0;
    std::size_t index = 0;
  };
  const auto is_before = [this](const Place& one, const Place& other) {
    if (one.hint != other.hint) return one.hint < other.hint;
    return compare_relative(entry(one.index).child, entry(other.index).child) < 0;
  };
  std::vector<Place> places;
  places.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) places.push_back({order_hint(entry(i).child), i});
  if (std::is_sorted(places.begin(), places.end(), is_before)) return;
  std::sort(places.begin(), places.end(), is_before);
  const auto reorder = [&places](auto& values) {
    std::remove_reference_t<decltype(values)> old(values.size());
    old.swap(values);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = old[places[i].index];
  };
  reorder(addresses_);
  reorder(registration_numbers_);
}

void PackedDelegations::set_registration(std::size_t index, const Registration& registration) {
  registration_numbers_.resize(size());
  registration_numbers_[index] = registrations_.intern(registration);
}

void PackedDelegations::close() {
  addresses_.shrink_to_fit();
  registration_numbers_.shrink_to_fit();
  name_servers_.close();
  registrations_.close();
  scratch_ = {};
}

Delegation PackedDelegations::at(std::size_t index) const {
  Entry packed = entry(index);
  Delegation out;
  out.child = absolute_in(zone_, packed.child);
  out.parent = zone_;
  out.name_servers = name_servers_at(packed.name_servers);
  out.registration = registration(index);
  if (packed.ds_count == 0) return out;
  out.ds_ttl = dns::Ttl{static_cast<std::uint32_t>(packed.rest.number())};
  out.ds.reserve(packed.ds_count);
  for (std::uint64_t i = 0; i < packed.ds_count; ++i) {
    out.ds.push_back(unpack_ds(packed.rest.octets()));
  }
  return out;
}

dns::Name PackedDelegations::child(std::size_t index) const {
  return absolute_in(zone_, entry(index).child);
}

ByteView PackedDelegations::relative_child(std::size_t index) const {
  return entry(index).child;
}

bool PackedDelegations::is_secure(std::size_t index) const {
  return entry(index).ds_count > 0;
}

std::uint32_t PackedDelegations::name_servers(std::size_t index) const {
  return entry(index).name_servers;
}

Registration PackedDelegations::registration(std::size_t index) const {
  if (registration_numbers_.empty()) return {};
  return registrations_.at(registration_numbers_[index]);
}

std::optional<std::size_t> PackedDelegations::index_of(const dns::Name& child) const {
  if (!child.is_below(zone_)) return std::nullopt;
  const ByteView wanted = relative_to(zone_, child);
  const std::size_t index = lower_bound(wanted);
  if (index == size() || !std::ranges::equal(relative_child(index), wanted)) return std::nullopt;
  return index;
}

std::size_t PackedDelegations::lower_bound(ByteView relative) const {
  const auto found = std::lower_bound(
      addresses_.begin(), addresses_.end(), relative, [this](std::uint64_t address, ByteView name) {
        return compare_relative(PackedReader(arena_.from(address)).octets(), name) < 0;
      });
  return static_cast<std::size_t>(found - addresses_.begin());
}

PackedDelegations::Entry PackedDelegations::entry(std::size_t index) const {
  return Entry(arena_.from(addresses_[index]));
}

std::vector<NameServer> PackedDelegations::name_servers_at(std::uint32_t number) const {
  PackedReader packed(name_servers_.at(number));
  std::vector<NameServer> out(packed.number());
  for (NameServer& server : out) {
    server.host = absolute_in(zone_, packed.octets());
    const std::uint64_t addresses = packed.number();
    server.glue.reserve(addresses);
    for (std::uint64_t i = 0; i < addresses; ++i) {
      server.glue.push_back(unpack_address(packed.octets()));
    }
  }
  return out;
}

}  // namespace dskeeper::parent
