#include "survey/nameserver_addresses.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "net/resolver.h"

namespace dskeeper::survey {

std::vector<IpAddress> merge_addresses(const std::vector<IpAddress>& glue,
                                       const std::vector<IpAddress>& found, Families families) {
  std::set<IpAddress> merged;
  for (const std::vector<IpAddress>* addresses : {&glue, &found}) {
    for (const IpAddress& address : *addresses) {
      if (families.has(address)) merged.insert(address);
    }
  }
  return {merged.begin(), merged.end()};
}

NameserverAddresses limit_addresses(std::vector<SurveyedServer> servers) {
  NameserverAddresses result;
  std::set<IpAddress> seen;
  for (SurveyedServer& server : servers) {
    std::vector<IpAddress> kept;
    for (const IpAddress& address : server.addresses) {
      const bool is_new = !seen.contains(address);
      if (is_new && seen.size() >= addresses_max) {
        server.trouble =
            fmt::format("not asked at every address: more than {} in all", addresses_max);
        server.is_complete = false;
        continue;
      }
      kept.push_back(address);
      if (!is_new) continue;
      seen.insert(address);
      result.addresses.push_back({server.host, address});
    }
    server.addresses = std::move(kept);
  }
  result.servers = std::move(servers);
  return result;
}

boost::asio::awaitable<NameserverAddresses> find_nameserver_addresses(const Delegation& delegation,
                                                                      net::Resolver& resolver,
                                                                      Families families) {
  std::vector<dns::Name> hosts = delegation.hosts();
  if (hosts.size() > name_servers_max) hosts.resize(name_servers_max);
  const auto found = co_await resolver.addresses_of(hosts);
  std::vector<SurveyedServer> servers;
  for (std::size_t at = 0; at < delegation.name_servers.size(); ++at) {
    const NameServer& name_server = delegation.name_servers[at];
    SurveyedServer server{name_server.host, {}, {}};
    if (at < found.size()) {
      server.addresses = merge_addresses(name_server.glue, found[at]->addresses, families);
      server.is_complete = found[at]->is_complete;
      // Glue for a name that is proven to have no address is all that there is: no trouble.
      if (!server.is_complete || server.addresses.empty()) server.trouble = found[at]->trouble;
      if (server.addresses.empty() && !name_server.glue.empty()) {
        // Its glue is of the family that is switched off: our affair, not the child's.
        server.trouble = name_server.host.text() + " has no address of a family that we use";
        server.is_complete = false;
      }
    } else {
      server.trouble = fmt::format("not asked: more than {} name servers", name_servers_max);
      server.is_complete = false;
    }
    servers.push_back(std::move(server));
  }
  co_return limit_addresses(std::move(servers));
}

}  // namespace dskeeper::survey
