// The serial of a zone as a server has it now, over TCP, signed where there is a key: tells whether
// a transfer would bring anything new.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/rrset.h"
#include "dns/tsig.h"

namespace dskeeper::net {

struct SerialQuestion {
  dns::Name zone;
  Endpoint server;
  std::optional<dns::TsigKey> key;  // then the answer must be signed with it
  Duration timeout = std::chrono::seconds(10);
};

[[nodiscard]] boost::asio::awaitable<Result<dns::Serial>> ask_serial(SerialQuestion question,
                                                                     const Clock& clock);

}  // namespace dskeeper::net
