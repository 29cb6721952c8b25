// Sending one NOTIFY until somebody answers (RFC 1996 §3.6, RFC 9859 §4.2).
//
// Over UDP, from a random port, to one address of the target after the other: one that is silent
// for a moment makes room for the next, and a round over all of them is repeated at an interval, so
// many times. Any answer ends it, whatever its RCODE; an address whose port is unreachable is left
// out.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/time.h"
#include "dns/rrset.h"

namespace dskeeper::child {

struct NotifyOptions {
  std::vector<Endpoint> to;  // addresses of the target; more than targets_max are left out
  dns::Question question;    // the child's apex and the type
  std::optional<dns::Name> agent;
  // RFC 1996 §3.6 takes 60 s and 5 retransmissions for reasonable.
  Duration interval = std::chrono::seconds(60);
  unsigned retries = 5;
  // Until the next address has its turn within a round.
  Duration address_pause = std::chrono::seconds(3);
};
inline constexpr std::size_t targets_max = 8;

struct NotifyResult {
  std::optional<dns::Rcode> rcode;  // none: nobody answered
  Endpoint from;                    // who answered
  Duration round_trip{};            // from the last message to that address
  unsigned sent = 0;                // messages in all
  std::string trouble;              // why nobody did
};
[[nodiscard]] boost::asio::awaitable<NotifyResult> send_notify(NotifyOptions options);

}  // namespace dskeeper::child
