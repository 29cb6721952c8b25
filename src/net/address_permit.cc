#include "net/address_permit.h"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace dskeeper::net {
namespace {

struct SpecialRange {
  const char* prefix;
  const char* what;
  bool is_reachable = false;  // an exception inside a refused range: globally reachable after all
};

// IANA IPv4 and IPv6 Special-Purpose Address Registries (as of 2025), and the parts of the address
// space that are not for unicast at all. The longest match counts. AS112 (192.31.196.0/24,
// 192.175.48.0/24, 2620:4f:8000::/48) and AMT relays are globally reachable and need no entry.
constexpr SpecialRange special_ranges[] = {
    {"0.0.0.0/8", "this network (RFC 791)"},
    {"10.0.0.0/8", "private use (RFC 1918)"},
    {"100.64.0.0/10", "carrier-grade NAT (RFC 6598)"},
    {"127.0.0.0/8", "loopback (RFC 1122)"},
    {"169.254.0.0/16", "link-local (RFC 3927)"},
    {"172.16.0.0/12", "private use (RFC 1918)"},
    {"192.0.0.0/24", "IETF protocol assignments (RFC 6890)"},
    {"192.0.2.0/24", "documentation (RFC 5737)"},
    {"192.88.99.0/24", "6to4 relay anycast, withdrawn (RFC 7526)"},
    {"192.168.0.0/16", "private use (RFC 1918)"},
    {"198.18.0.0/15", "benchmarking (RFC 2544)"},
    {"198.51.100.0/24", "documentation (RFC 5737)"},
    {"203.0.113.0/24", "documentation (RFC 5737)"},
    {"224.0.0.0/4", "multicast (RFC 5771)"},
    {"240.0.0.0/4", "reserved (RFC 1112)"},
    {"255.255.255.255/32", "limited broadcast (RFC 919)"},

    // Only 2000::/3 is global unicast (RFC 4291 §2.4); the named ones say why in particular.
    {"::/3", "not global unicast (RFC 4291)"},
    {"4000::/2", "not global unicast (RFC 4291)"},
    {"8000::/1", "not global unicast (RFC 4291)"},
    {"::/128", "unspecified (RFC 4291)"},
    {"::1/128", "loopback (RFC 4291)"},
    {"::ffff:0:0/96", "IPv4-mapped (RFC 4291)"},
    {"64:ff9b::/96", "NAT64 (RFC 6052)", true},
    {"64:ff9b:1::/48", "local NAT64 (RFC 8215)"},
    {"100::/64", "discard-only (RFC 6666)"},
    {"2001::/23", "IETF protocol assignments (RFC 2928)"},
    {"2001:3::/32", "AMT (RFC 7450)", true},
    {"2001:4:112::/48", "AS112 (RFC 7535)", true},
    {"2001:db8::/32", "documentation (RFC 3849)"},
    {"3fff::/20", "documentation (RFC 9637)"},
    {"5f00::/16", "segment routing (RFC 9602)"},
    {"fc00::/7", "unique local (RFC 4193)"},
    {"fe80::/10", "link-local (RFC 4291)"},
    {"fec0::/10", "site-local, withdrawn (RFC 3879)"},
    {"ff00::/8", "multicast (RFC 4291)"},
};

struct Range {
  IpPrefix prefix;
  std::string_view what;
  bool is_reachable = false;
};

const std::vector<Range>& ranges() {
  static const std::vector<Range> parsed = [] {
    std::vector<Range> all;
    for (const SpecialRange& range : special_ranges) {
      all.push_back({IpPrefix::parse(range.prefix).value(), range.what, range.is_reachable});
    }
    // The longest first, so that the first match is the longest.
    std::stable_sort(all.begin(), all.end(), [](const Range& left, const Range& right) {
      return left.prefix.length() > right.prefix.length();
    });
    return all;
  }();
  return parsed;
}

const Range* refused_range_of(const IpAddress& address) {
  for (const Range& range : ranges()) {
    if (range.prefix.contains(address)) return range.is_reachable ? nullptr : &range;
  }
  return nullptr;
}

bool overlaps(const IpPrefix& left, const IpPrefix& right) {
  return left.contains(right.address()) || right.contains(left.address());
}

// `whole` without `hole`: the sibling at each bit on the way down to the hole.
void subtract(const IpPrefix& whole, const IpPrefix& hole, std::vector<IpPrefix>& rest) {
  if (!overlaps(whole, hole)) {
    rest.push_back(whole);
    return;
  }
  for (unsigned bit = whole.length(); bit < hole.length(); ++bit) {
    std::array<std::uint8_t, 16> octets{};
    const ByteView from = hole.address().octets();
    std::copy(from.begin(), from.end(), octets.begin());
    octets[bit / 8] = static_cast<std::uint8_t>(octets[bit / 8] ^ (0x80U >> (bit % 8)));
    const std::span<const std::uint8_t, 16> all(octets);
    const IpAddress sibling = from.size() == 4 ? IpAddress::v4(all.first<4>()) : IpAddress::v6(all);
    rest.push_back(IpPrefix::around(sibling, bit + 1));
  }
}

std::vector<IpPrefix> without(std::vector<IpPrefix> prefixes, const std::vector<IpPrefix>& holes) {
  for (const IpPrefix& hole : holes) {
    std::vector<IpPrefix> rest;
    for (const IpPrefix& prefix : prefixes) subtract(prefix, hole, rest);
    prefixes = std::move(rest);
  }
  return prefixes;
}

// The IPv6 prefix in which an IPv4 prefix hides, its bits placed at `octet` of `base`.
IpPrefix embedded(const IpPrefix& prefix, const char* base, unsigned octet) {
  std::array<std::uint8_t, 16> octets{};
  const IpAddress outer = IpAddress::parse(base).value();
  std::copy(outer.octets().begin(), outer.octets().end(), octets.begin());
  const ByteView inner = prefix.address().octets();
  std::copy(inner.begin(), inner.end(), octets.begin() + octet);
  return IpPrefix::around(IpAddress::v6(octets), octet * 8 + prefix.length());
}

unsigned full_length(const IpAddress& address) {
  return address.is_v4() ? 32 : 128;
}

}  // namespace

AddressPermit::AddressPermit(std::vector<IpPrefix> permit, std::vector<IpAddress> own)
    : permit_(std::move(permit)), own_(std::move(own)) {}

bool AddressPermit::allows_as_it_is(const IpAddress& address) const {
  const auto names_it = [&](const IpPrefix& prefix) { return prefix.contains(address); };
  const bool is_own = std::find(own_.begin(), own_.end(), address) != own_.end();
  if (!is_own && refused_range_of(address) == nullptr) return true;
  return std::any_of(permit_.begin(), permit_.end(), names_it);
}

bool AddressPermit::allows(const IpAddress& address) const {
  const IpAddress inner = address.unmapped();
  return allows_as_it_is(address) && (inner == address || allows_as_it_is(inner));
}

std::vector<IpPrefix> AddressPermit::opened() const {
  std::vector<IpPrefix> holes = permit_;
  for (const Range& range : ranges()) {
    if (range.is_reachable) holes.push_back(range.prefix);
  }
  return holes;
}

std::vector<IpPrefix> AddressPermit::refused() const {
  std::vector<IpPrefix> special;
  for (const Range& range : ranges()) {
    const auto covers = [&](const Range& other) {
      return other.prefix.length() < range.prefix.length() &&
             other.prefix.contains(range.prefix.address());
    };
    const bool is_covered = std::any_of(ranges().begin(), ranges().end(), covers);
    if (!range.is_reachable && !is_covered) special.push_back(range.prefix);
  }
  for (const IpAddress& address : own_) {
    if (refused_range_of(address) != nullptr) continue;  // covered already
    special.push_back(IpPrefix::around(address, full_length(address)));
  }
  std::vector<IpPrefix> refused = without(std::move(special), opened());
  const std::size_t direct = refused.size();
  for (std::size_t at = 0; at < direct; ++at) {
    const IpPrefix prefix = refused[at];
    if (!prefix.address().is_v4()) continue;
    for (const IpPrefix& form :
         without({embedded(prefix, "64:ff9b::", 12), embedded(prefix, "2002::", 2)}, permit_)) {
      refused.push_back(form);
    }
  }
  return refused;
}

std::string_view special_purpose(const IpAddress& address) {
  if (const Range* range = refused_range_of(address)) return range->what;
  if (const Range* range = refused_range_of(address.unmapped())) return range->what;
  return {};
}

std::vector<IpAddress> own_addresses() {
  std::vector<IpAddress> addresses;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return addresses;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr) continue;
    if (at->ifa_addr->sa_family == AF_INET) {
      sockaddr_in socket_address{};
      std::memcpy(&socket_address, at->ifa_addr, sizeof(socket_address));
      std::array<std::uint8_t, 4> octets{};
      std::memcpy(octets.data(), &socket_address.sin_addr, octets.size());
      addresses.push_back(IpAddress::v4(octets));
    } else if (at->ifa_addr->sa_family == AF_INET6) {
      sockaddr_in6 socket_address{};
      std::memcpy(&socket_address, at->ifa_addr, sizeof(socket_address));
      std::array<std::uint8_t, 16> octets{};
      std::memcpy(octets.data(), &socket_address.sin6_addr, octets.size());
      addresses.push_back(IpAddress::v6(octets));
    }
  }
  freeifaddrs(first);
  return addresses;
}

}  // namespace dskeeper::net
