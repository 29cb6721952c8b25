// The surveyor: asks the children's servers, and stops as soon as nothing can happen.
//
// RFC 9975 §3: every address of every parent-side name server is asked before anything may be
// changed; a status quo answer ends a timed look. One object a vantage point; all coroutines run on
// one executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/csync.h"
#include "model/delegation.h"
#include "model/survey.h"

namespace dskeeper::net {
class DnsClient;
class Resolver;
}  // namespace dskeeper::net

namespace dskeeper::survey {

class ResolverCheck;
class SignalSurveyor;

// A timed look asks so many name servers for the status quo, one after the other, while they do not
// answer; then it asks all, at once.
inline constexpr std::size_t status_quo_tries_max = 3;

enum class Depth {
  timed,  // may end at the first answer that confirms the status quo
  // Likewise, but asks for CSYNC too where that answer did not tell: beside CDS records that stand.
  timed_with_csync,
  full,      // held, retried, named or deep: every question at every address
  notified,  // likewise, and at a quarter of the servers' rate, since strangers choose when
};

struct SurveyorOptions {
  std::string vantage = "local";
  bool ask_cds = true;  // signals = "cdnskey" leaves CDS out, and the other way round
  bool ask_cdnskey = true;
  bool ask_csync = false;        // where the policy copies name servers or glue (RFC 7477)
  bool secure_over_tcp = false;  // secure-transport = "tcp"; unsigned children always use TCP
  bool ipv4 = true;
  bool ipv6 = true;
  SignalSurveyor* signals = nullptr;  // null where the policy has no use for signals (RFC 9615)
  ResolverCheck* resolver_check = nullptr;
};

class Surveyor {
 public:
  Surveyor(net::DnsClient& client, net::Resolver& resolver, SurveyorOptions options,
           const Clock& clock);

  // `first` rotates which address is asked first, so that in time each is looked at. `standing`:
  // the serials of the servers when all that the child's CSYNC record asks for stood already; null
  // where that is not known. It must outlive the coroutine.
  [[nodiscard]] boost::asio::awaitable<Survey> look(
      const Delegation& delegation, Depth depth, LookId look, std::size_t first,
      const std::vector<SeenSerials>* standing = nullptr);

 private:
  net::DnsClient& client_;
  net::Resolver& resolver_;
  SurveyorOptions options_;
  const Clock& clock_;
};

}  // namespace dskeeper::survey
