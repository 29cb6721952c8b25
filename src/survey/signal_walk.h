// Walking a signaling zone along its NSEC chain, at its own name servers (RFC 9615 §4.3).
//
// Only below the parent zones that are ours, whose children stand together there in canonical
// order: of an operator with a million zones in the whole world only what concerns us is asked.
// Each question is paced like those about children, and a walk has an end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/types.h"
#include "net/dns_client.h"
#include "net/resolver.h"

namespace dskeeper::survey {

// One walk at most.
inline constexpr std::size_t walk_questions_max = 200'000;
inline constexpr Duration walk_time_max = std::chrono::hours(2);

// The children of these parent zones that have a signal under the host.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<dns::Name>>> walk_signals(
    dns::Name host, std::vector<dns::Name> parents, net::DnsClient& client, net::Resolver& resolver,
    const Clock& clock);

// The serial of the zone that the name lies in; nothing where its servers give none.
[[nodiscard]] boost::asio::awaitable<Result<std::optional<dns::Serial>>> ask_serial_of(
    dns::Name name, net::DnsClient& client, net::Resolver& resolver, const Clock& clock);

}  // namespace dskeeper::survey
