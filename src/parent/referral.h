// Asking a server of the parent zone which name servers and glue a child has there now.
//
// The parent's side of a zone cut is seen in referrals only (RFC 1034 §4.3.2): a server that has
// the child's zone, too, does not show it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/tsig.h"
#include "model/delegation.h"

namespace dskeeper::parent {

struct ReferralQuestion {
  Endpoint server;
  dns::Name child;
  std::optional<dns::TsigKey> key;  // then the answer must be signed with it
  Duration timeout{};
};

struct Referral {
  std::vector<NameServer> name_servers;  // sorted, with the glue that came along
  dns::Ttl ttl;                          // of the NS set
};

// Nothing where the server knows of no delegation. Fails where no such answer comes.
[[nodiscard]] boost::asio::awaitable<Result<std::optional<Referral>>> ask_referral(
    ReferralQuestion question, const Clock& clock);

}  // namespace dskeeper::parent
