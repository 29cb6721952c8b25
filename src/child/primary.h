// Asking the operator's own primary: for what its zones have, which zones there are, and which
// signals stand.
//
// Always over TCP, and with TSIG where there is a key: what this machine is told here is signed by
// the operator's signaling zones, so that whoever could forge it could take over its customers'
// zones. Each wait has a deadline.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "child/signals.h"
#include "dns/tsig.h"

namespace dskeeper::child {

struct Primary {
  Endpoint server;
  std::optional<dns::TsigKey> key;
  Duration timeout = std::chrono::seconds(10);  // between two messages
};

// Zones whose questions are under way at a time, on one connection (RFC 7766 §6.2.1.1).
inline constexpr std::size_t zones_in_flight_max = 32;

// NS, CDS and CDNSKEY at the apex of each; in the order of the zones.
[[nodiscard]] boost::asio::awaitable<std::vector<ReadZone>> read_zones(Primary primary,
                                                                       std::vector<dns::Name> zones,
                                                                       const Clock& clock);

// The members of the catalog zone (RFC 9432), by AXFR.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<dns::Name>>> read_catalog(
    Primary primary, dns::Name catalog, const Clock& clock);

// The signals below each of the domains, by AXFR of the zone that has them; in the order of the
// domains.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<Signals>>> read_signals(
    Primary primary, dns::Name zone, std::vector<dns::Name> domains, const Clock& clock);

}  // namespace dskeeper::child
