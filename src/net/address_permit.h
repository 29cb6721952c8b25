// Which addresses may be asked: everything that is globally reachable, and what scan.permit names.
//
// The addresses of name servers are chosen by strangers, so that loopback, private, link-local,
// multicast and documentation ranges (IANA special-purpose address registries, RFC 6890) and our
// own addresses are refused: nobody may point us at our own network. A value; safe to share.
#pragma once

#include <string_view>
#include <vector>

#include "base/ip_address.h"

namespace dskeeper::net {

class AddressPermit {
 public:
  // `permit` opens special-purpose ranges; `own` are addresses of this machine, refused too.
  explicit AddressPermit(std::vector<IpPrefix> permit, std::vector<IpAddress> own = {});

  // Looks at the address and at the IPv4 address that hides in an IPv6 one (IpAddress::unmapped).
  [[nodiscard]] bool allows(const IpAddress& address) const;

  // The same as prefixes, what is permitted cut out: for libunbound's do-not-query-address. Has the
  // NAT64 and 6to4 forms of the refused IPv4 ranges.
  [[nodiscard]] std::vector<IpPrefix> refused() const;

 private:
  [[nodiscard]] bool allows_as_it_is(const IpAddress& address) const;
  [[nodiscard]] std::vector<IpPrefix> opened() const;

  std::vector<IpPrefix> permit_;
  std::vector<IpAddress> own_;
};

// Why an address is special: "loopback (RFC 1122)"; empty where it is not.
[[nodiscard]] std::string_view special_purpose(const IpAddress& address);

// The addresses of this machine's interfaces, now.
[[nodiscard]] std::vector<IpAddress> own_addresses();

}  // namespace dskeeper::net
