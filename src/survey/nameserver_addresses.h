// Which addresses a delegation's name servers have: glue and what the resolver finds, together.
//
// RFC 9975 §3 wants every address of every parent-side NS asked before anything is changed. Where
// that cannot be done the server's `trouble` says why, also where a limit of ours was met.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <vector>

#include "model/delegation.h"
#include "model/survey.h"

namespace dskeeper::net {
class Resolver;
}

namespace dskeeper::survey {

// What lies beyond is not asked, so that nothing can be changed.
inline constexpr std::size_t name_servers_max = 32;
inline constexpr std::size_t addresses_max = 64;

struct Families {
  bool ipv4 = true;
  bool ipv6 = true;
  [[nodiscard]] bool has(const IpAddress& address) const { return address.is_v4() ? ipv4 : ipv6; }
};

struct NameserverAddresses {
  std::vector<SurveyedServer> servers;   // one for each name server
  std::vector<ServerAddress> addresses;  // each address once, under the first host that has it
};

[[nodiscard]] boost::asio::awaitable<NameserverAddresses> find_nameserver_addresses(
    const Delegation& delegation, net::Resolver& resolver, Families families);

// Glue and found addresses of one host, sorted, without duplicates and other families.
[[nodiscard]] std::vector<IpAddress> merge_addresses(const std::vector<IpAddress>& glue,
                                                     const std::vector<IpAddress>& found,
                                                     Families families);

// Keeps to addresses_max, in the order of the servers; gives each address that is left.
[[nodiscard]] NameserverAddresses limit_addresses(std::vector<SurveyedServer> servers);

}  // namespace dskeeper::survey
