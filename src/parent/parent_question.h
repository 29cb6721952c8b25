// One question to a server of the parent zone, over TCP and without recursion, signed where there
// is a key.
//
// Internal to src/parent.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/rrset.h"
#include "dns/tsig.h"

namespace dskeeper::parent {

struct ParentQuestion {
  Endpoint server;
  dns::Question question;
  std::optional<dns::TsigKey> key;  // then the answer must be signed with it
  Duration timeout{};
  bool is_referral = false;  // what is asked for is the parent's side of a zone cut
};

// The answer where it is one to this question, with authority, which a referral cannot have, and
// says NOERROR or NXDOMAIN; else an error that names the server.
[[nodiscard]] boost::asio::awaitable<Result<dns::Message>> ask_parent(ParentQuestion question,
                                                                      const Clock& clock);

}  // namespace dskeeper::parent
