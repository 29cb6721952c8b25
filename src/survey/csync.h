// The second stage of a look: the run of questions about CSYNC (RFC 7477 §3.1, RFC 9975 §3.2), for
// secure children of which it is seen, or cannot be told, that they ask by it.
//
// At each address in this order: SOA, CSYNC, NS, addresses of hosts inside the child, SOA again;
// over TCP, so that the run meets one node of an anycast server. Then those that would come as name
// servers are asked whether they serve the child.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/time.h"
#include "model/csync_survey.h"
#include "model/delegation.h"
#include "model/survey.h"
#include "survey/nameserver_addresses.h"

namespace dskeeper::net {
class DnsClient;
class Resolver;
}  // namespace dskeeper::net

namespace dskeeper::survey {

// Is it worth asking? The denials of a whole look tell; where none came, nobody knows.
[[nodiscard]] bool may_ask_by_csync(const Delegation& delegation, const Survey& survey, Time now);

struct CsyncQuestion {
  const Delegation& delegation;
  const Survey& survey;  // what the look has brought so far
  Families families;
  bool over_tcp_only = false;
  bool is_notified = false;
};
// All that is passed must outlive the coroutine. Empty where a server answered and none has a
// CSYNC record.
[[nodiscard]] boost::asio::awaitable<CsyncSurvey> look_for_csync(net::DnsClient& client,
                                                                 net::Resolver& resolver,
                                                                 CsyncQuestion question,
                                                                 const Clock& clock);

}  // namespace dskeeper::survey
