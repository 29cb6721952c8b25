// Whether what the resolver says can be believed at all: looked at when it could not find or
// validate something, since then a fault of our own looks like everybody else's.
//
// The keys at the trust anchor are asked for anew, by a resolver that has just begun: what an older
// one remembers of better days, or of worse, does not count. One object for all surveyors, on one
// executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/resolver_health.h"
#include "model/signal_survey.h"
#include "net/resolver.h"

namespace dskeeper::survey {

// What was found holds for all looks of so long.
inline constexpr std::chrono::seconds resolver_check_lasts{30};
// Nobody who answers at all takes as long for the keys of one zone.
inline constexpr std::chrono::seconds resolver_check_time_max{10};

// What the answer for the DNSKEY of an anchor's zone says of the resolver (RFC 4035 §4.4, §5.3.1).
[[nodiscard]] ResolverHealth diagnose(const net::Resolution& resolution, const dns::Name& zone,
                                      const std::vector<TrustAnchor>& anchors, Time now);

class ResolverCheck {
 public:
  using MakeResolver = std::function<Result<std::unique_ptr<net::Resolver>>()>;

  ResolverCheck(MakeResolver make, std::vector<TrustAnchor> anchors)
      : make_(std::move(make)), anchors_(std::move(anchors)) {}

  [[nodiscard]] boost::asio::awaitable<ResolverHealth> look(const Clock& clock);
  [[nodiscard]] boost::asio::awaitable<void> close();

 private:
  using Moment = std::chrono::steady_clock::time_point;
  // A resolver that is at it, and when it is told to end.
  struct Probe {
    std::unique_ptr<net::Resolver> resolver;
    boost::asio::steady_timer deadline;
  };

  [[nodiscard]] boost::asio::awaitable<std::shared_ptr<Probe>> probe();
  // The zones that anchors name, the root where there are none.
  [[nodiscard]] std::vector<dns::Name> zones() const;
  static boost::asio::awaitable<void> end_in_time(std::shared_ptr<Probe> probe);

  MakeResolver make_;
  std::vector<TrustAnchor> anchors_;
  std::shared_ptr<Probe> probe_;  // while one is at it
  ResolverHealth known_;
  Moment known_until_;
  bool is_closed_ = false;
};

}  // namespace dskeeper::survey
