// Sending DNS UPDATEs (RFC 2136), signed with TSIG (RFC 8945), to the primary of a zone, over TCP.
//
// For records that are kept as they shall be: whether one message is taken is all that counts, and
// each is safe to send again. Changes of delegations, where it matters what exactly became of a
// message, are parent/update_sink.cc's.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/tsig.h"
#include "dns/update.h"

namespace dskeeper::net {

struct UpdateServer {
  Endpoint server;
  dns::TsigKey key;
  Duration timeout = std::chrono::seconds(10);  // of one message
};

// One after the other; stops at the first that the server does not take, and says what to do.
[[nodiscard]] boost::asio::awaitable<Result<void>> send_updates(
    UpdateServer to, dns::Name zone, std::vector<dns::UpdateMessage> updates, const Clock& clock);

}  // namespace dskeeper::net
