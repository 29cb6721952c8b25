// Asking a server of the parent zone which DS set a child has there now.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/records.h"
#include "dns/tsig.h"

namespace dskeeper::parent {

struct DsQuestion {
  Endpoint server;
  dns::Name child;
  std::optional<dns::TsigKey> key;  // then the answer must be signed with it
  Duration timeout{};
};

struct StandingDs {
  dns::DsSet ds;
  dns::Ttl ttl;  // 0 where there is no set
};

// Nothing where the server says NXDOMAIN: it does not know the delegation.
using StandingSet = std::optional<StandingDs>;

// The set as the server has it, with authority; empty where it says that there is none. Fails where
// no such answer comes.
[[nodiscard]] boost::asio::awaitable<Result<StandingSet>> ask_ds(DsQuestion question,
                                                                 const Clock& clock);

}  // namespace dskeeper::parent
