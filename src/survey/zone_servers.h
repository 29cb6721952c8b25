// The authoritative servers of the zone that a name lies in, asked in turn: whoever answers is
// asked on.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/rrset.h"
#include "net/dns_client.h"
#include "net/resolver.h"

namespace dskeeper::survey {

class ZoneServers {
 public:
  // Those that the resolver finds now; fails where there are none.
  [[nodiscard]] static boost::asio::awaitable<Result<ZoneServers>> find(dns::Name name,
                                                                        net::Resolver& resolver,
                                                                        net::DnsClient& client,
                                                                        const Clock& clock);

  // The first answer that can be read; paced, over TCP where it does not fit.
  [[nodiscard]] boost::asio::awaitable<Result<dns::Message>> ask(dns::Question question);
  // Passes over the server that answered last. False where none is left.
  bool pass_over();

 private:
  ZoneServers(std::vector<IpAddress> addresses, net::DnsClient& client, const Clock& clock)
      : addresses_(std::move(addresses)), client_(&client), clock_(&clock) {}
  [[nodiscard]] Result<dns::Message> read(const net::Reply& reply,
                                          const dns::Question& question) const;

  std::vector<IpAddress> addresses_;
  std::size_t at_ = 0;
  net::DnsClient* client_;
  const Clock* clock_;
};

}  // namespace dskeeper::survey
