// Which children have signals under an operator's name servers (RFC 9615 §4.3): by transfer of the
// zone that has them, or by walking along its NSEC chain.
//
// What is found is evidence of nothing: it only makes somebody look. So a transfer may go without a
// key, and no signature is verified; both are bounded. A zone is read again when its serial has
// moved, and once a day in any case.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/tsig.h"
#include "net/dns_client.h"
#include "net/resolver.h"

namespace dskeeper::survey {

struct SignalingZoneOptions {
  dns::Name zone;                   // that is transferred, and whose serial is asked for
  std::vector<dns::Name> hosts;     // the name servers whose signals it has
  std::optional<Endpoint> axfr;     // who gives transfers
  std::optional<dns::TsigKey> key;  // for them
  bool walk = false;                // at its own name servers; after a transfer where that failed
  std::vector<dns::Name> parents;   // children of others are passed over
};

inline constexpr std::size_t signalled_children_max = 1'000'000;  // under all hosts of one zone
inline constexpr std::uint64_t signaling_zone_octets_max = std::uint64_t{4} << 30U;
inline constexpr Duration signaling_zone_kept = std::chrono::hours(24);

// By child, a digest of its records, which tells whether they have changed; 0 where it was only
// walked by.
using SignalledChildren = std::map<dns::Name, std::uint64_t>;

class SignalingZone {
 public:
  SignalingZone(SignalingZoneOptions options, net::DnsClient& client, net::Resolver& resolver,
                const Clock& clock);

  // Reads it where something may be new. Where that fails, what was read before stays.
  [[nodiscard]] boost::asio::awaitable<Result<void>> refresh();
  // By host, as it was last read.
  [[nodiscard]] const std::map<dns::Name, SignalledChildren>& children() const { return children_; }
  [[nodiscard]] const SignalingZoneOptions& options() const { return options_; }

 private:
  using Found = std::map<dns::Name, SignalledChildren>;

  [[nodiscard]] boost::asio::awaitable<Result<void>> refresh_by_transfer();
  [[nodiscard]] boost::asio::awaitable<Result<void>> refresh_by_walk();
  [[nodiscard]] bool is_known(std::optional<dns::Serial> serial) const;
  void take(Found found, std::optional<dns::Serial> serial);

  SignalingZoneOptions options_;
  net::DnsClient& client_;
  net::Resolver& resolver_;
  const Clock& clock_;
  Found children_;
  std::optional<dns::Serial> serial_;  // of what was read
  std::optional<Time> read_at_;
};

}  // namespace dskeeper::survey
