// The parent's side of a delegation, as the child's operator can see it from outside: which name
// servers the parent zone names.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "net/dns_client.h"
#include "net/resolver.h"

namespace dskeeper::child {

struct ParentSide {
  dns::Name zone;                // the parent
  std::vector<dns::Name> hosts;  // the NS set of the delegation, sorted
  // Every server of the parent that was asked has the child, too, and shows the child's own set.
  bool is_childs_own = false;
};

// Finds the zone through the resolver and asks its servers, one after the other, for a referral.
[[nodiscard]] boost::asio::awaitable<Result<ParentSide>> find_parent_side(net::Resolver& resolver,
                                                                          net::DnsClient& client,
                                                                          dns::Name child);

}  // namespace dskeeper::child
