// Asking for the signals of RFC 9615 (§4.2 step 3), through the validating resolver.
//
// For an unsigned child that asks for its first DS: CDS and CDNSKEY at the signaling name of every
// name server outside it, and the chain from the trust anchor down, as evidence. Whole signaling
// domains are looked at first: one that is insecure, is not there or cannot be reached settles
// every child under it at once. The resolver's cache serves all children; where what it says is not
// what the apex says, it is fetched once more through one that has just begun (§5.2).
//
// Every signal is proven by us from the anchor down (rules/prove_signals.h), and a validation by
// the resolver before that would cost as much again. So below a domain that is known to be secure
// what is expected there is fetched without it: data with a signature of a zone whose own chain was
// validated, and what the apex says. Everything else (denials, other data, other zones, failures)
// is asked of the validating resolver. One object for all surveyors, on one executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/delegation.h"
#include "model/survey.h"
#include "net/resolver.h"
#include "survey/signal_answers.h"

namespace dskeeper::survey {

// Does some server of an unsigned child publish records that ask for keys? There is nothing to
// authenticate in a removal (standards.md §19, 82).
[[nodiscard]] bool asks_for_first_ds(const Delegation& delegation, const Survey& survey, Time now);

// What is to be found out, and what the apex servers said.
struct SignalQuestion {
  const Delegation& delegation;
  const Survey& survey;
  bool ask_cds = true;
  bool ask_cdnskey = true;
};

// How long what was found of whole domains and zones is used for other children.
inline constexpr std::chrono::seconds signal_cache_lasts{60};
// A cache that has just begun is used by all who need one for so long.
inline constexpr std::chrono::seconds fresh_cache_lasts{5};
// A resolver's cache remembers for a minute at most that there is nothing (net/resolver.h).
inline constexpr std::chrono::seconds absence_doubted{net::cached_trouble_s + 5};
// Looks at a child from several vantage points are one.
inline constexpr std::chrono::seconds fetched_together{10};
// Hosts or children that are remembered, and zones, whose answers may be large; beyond, all are
// forgotten.
inline constexpr std::size_t signal_cache_max = 100'000;
inline constexpr std::size_t link_cache_max = 5'000;
// How far and how long the way up is followed in one look: strangers choose how many zones there
// are and how slowly they answer. What is missing then cannot be followed to the anchor.
inline constexpr std::size_t chain_links_max = 64;
inline constexpr std::chrono::seconds chain_time_max{30};

class SignalSurveyor {
 public:
  using MakeResolver = std::function<Result<std::unique_ptr<net::Resolver>>()>;

  // `make_fresh` makes a resolver like the first, whose cache is empty. `fetcher` has no trust
  // anchor and does not minimise names: it is told of each domain before it is asked for a name
  // below, so that none but the domain's own servers hear that name (RFC 9156).
  SignalSurveyor(net::Resolver& resolver, net::Resolver& fetcher, MakeResolver make_fresh,
                 std::vector<TrustAnchor> anchors);
  SignalSurveyor(const SignalSurveyor&) = delete;
  SignalSurveyor& operator=(const SignalSurveyor&) = delete;
  ~SignalSurveyor();

  [[nodiscard]] boost::asio::awaitable<SignalSurvey> look(SignalQuestion question,
                                                          const Clock& clock);

  // Somebody says that signals for this child have just come or changed. That a cache knows of none
  // is then no answer for as long as it may remember so, but is fetched once more.
  void doubt_absence(const dns::Name& child);

  // How often it had to fetch once more, since the start.
  [[nodiscard]] std::uint64_t fetched_again() const { return fetched_again_; }
  [[nodiscard]] boost::asio::awaitable<void> close();

 private:
  struct Domain;  // what settles all below `_signal.<host>`
  struct Link;    // a zone on the way up
  using Moment = std::chrono::steady_clock::time_point;

  [[nodiscard]] boost::asio::awaitable<void> look_at_domains(std::vector<dns::Name> hosts,
                                                             const Clock& clock);
  void take_domain(const dns::Name& host, net::Resolution resolution, Moment now, Time time);
  [[nodiscard]] boost::asio::awaitable<void> make_ready(std::vector<dns::Name> hosts,
                                                        std::vector<dns::Question> questions);
  [[nodiscard]] std::optional<dns::Name> ready_zone(const dns::Name& host) const;
  [[nodiscard]] bool may_fetch(const dns::Name& child, Time now);
  [[nodiscard]] boost::asio::awaitable<void> fetch(const std::vector<HostSignals*>& hosts,
                                                   const SignalQuestion& question,
                                                   const std::vector<ApexSays>& apex,
                                                   const Clock& clock);
  [[nodiscard]] boost::asio::awaitable<bool> is_chained(const dns::Name& zone, const Clock& clock);
  [[nodiscard]] boost::asio::awaitable<void> ask(net::Resolver& resolver,
                                                 std::vector<HostSignals*> hosts,
                                                 const SignalQuestion& question);
  [[nodiscard]] boost::asio::awaitable<void> add_chain(SignalSurvey& survey, dns::Name zone,
                                                       Moment deadline, const Clock& clock);
  [[nodiscard]] boost::asio::awaitable<Link> find_link(dns::Name zone, const Clock& clock);
  [[nodiscard]] std::shared_ptr<net::Resolver> fresh();
  [[nodiscard]] bool is_anchored(const dns::Name& zone) const;
  [[nodiscard]] bool is_absence_doubted(const dns::Name& child) const;

  net::Resolver& resolver_;
  net::Resolver& fetcher_;
  MakeResolver make_fresh_;
  std::vector<TrustAnchor> anchors_;
  std::unordered_map<dns::Name, Domain> domains_;  // by host
  std::unordered_map<dns::Name, Link> links_;      // by zone
  std::unordered_map<dns::Name, Moment> doubted_;  // until when; by child
  std::unordered_map<dns::Name, Time> fetched_;    // when first without validation; by child
  std::shared_ptr<net::Resolver> fresh_;
  Moment fresh_since_;
  std::vector<std::weak_ptr<net::Resolver>> made_;  // earlier ones may be in use still
  bool is_closed_ = false;
  std::uint64_t fetched_again_ = 0;
};

}  // namespace dskeeper::survey
