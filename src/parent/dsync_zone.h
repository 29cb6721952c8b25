// Which DSYNC records stand in a parent zone now, and bringing those that shall stand there.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/rrset.h"
#include "dns/tsig.h"

namespace dskeeper::parent {

struct DsyncZone {
  dns::Name parent;
  dns::Name zone;  // that holds the records: the parent's, or one of their own below it
  Endpoint server;
  std::optional<dns::TsigKey> key;
};

// At and below `_dsync.<parent>`, by AXFR: only that tells a child's own record from one that the
// wildcard makes, and shows what is to go.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<dns::Rrset>>> read_dsync(
    DsyncZone from, const Clock& clock);

}  // namespace dskeeper::parent
