#include "survey/signal_walk.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "model/signaling_name.h"
#include "survey/nsec_walk.h"
#include "survey/zone_servers.h"

namespace dskeeper::survey {
namespace {

// Below which names in the signaling domain the children of the parents stand; of parents that lie
// below another one, that one's.
std::vector<dns::Name> subtrees_of(const std::vector<dns::Name>& parents, const dns::Name& domain) {
  std::vector<dns::Name> subtrees;
  for (const dns::Name& parent : parents) {
    const bool is_inner = std::ranges::any_of(
        parents, [&](const dns::Name& other) { return parent.is_below(other); });
    if (is_inner) continue;
    if (auto subtree = domain.with_prefix(parent)) subtrees.push_back(*std::move(subtree));
  }
  return subtrees;
}

class Walker {
 public:
  Walker(ZoneServers servers, dns::Name domain, const Clock& clock)
      : servers_(std::move(servers)),
        domain_(std::move(domain)),
        clock_(clock),
        began_(clock.now()) {}

  boost::asio::awaitable<Result<void>> walk(dns::Name subtree) {
    NsecWalk walk(std::move(subtree));
    while (walk.question()) {
      if (++questions_ > walk_questions_max || clock_.now() - began_ > walk_time_max) {
        co_return fail(fmt::format("the walk is given up after {} questions", questions_ - 1),
                       domain_.text(), "Ask its operator to allow you transfers (axfr).");
      }
      dns::Question question = *walk.question();
      const Result<dns::Message> message = co_await servers_.ask(std::move(question));
      if (!message) co_return tl::unexpected<Error>(message.error());
      Result<void> taken = walk.take(*message);
      if (!taken && !servers_.pass_over()) {
        co_return fail(taken.error().what, domain_.text(), taken.error().remedy);
      }
      add(walk.take_names());
    }
    co_return Result<void>();
  }

  [[nodiscard]] std::vector<dns::Name> take_children() { return std::move(children_); }

 private:
  void add(const std::vector<dns::Name>& names) {
    for (const dns::Name& name : names) {
      if (auto child = signalled_child(name, domain_)) children_.push_back(*std::move(child));
    }
  }

  ZoneServers servers_;
  dns::Name domain_;
  const Clock& clock_;
  Time began_;
  std::size_t questions_ = 0;
  std::vector<dns::Name> children_;
};

}  // namespace

boost::asio::awaitable<Result<std::vector<dns::Name>>> walk_signals(dns::Name host,
                                                                    std::vector<dns::Name> parents,
                                                                    net::DnsClient& client,
                                                                    net::Resolver& resolver,
                                                                    const Clock& clock) {
  Result<dns::Name> domain = signaling_domain(host);
  if (!domain) co_return pass_on(std::move(domain));
  const std::vector<dns::Name> subtrees = subtrees_of(parents, *domain);
  Result<ZoneServers> servers = co_await ZoneServers::find(*domain, resolver, client, clock);
  if (!servers) co_return pass_on(std::move(servers));
  Walker walker(*std::move(servers), *std::move(domain), clock);
  for (const dns::Name& subtree : subtrees) {
    Result<void> done = co_await walker.walk(subtree);
    if (!done) co_return pass_on(std::move(done));
  }
  co_return walker.take_children();
}

boost::asio::awaitable<Result<std::optional<dns::Serial>>> ask_serial_of(dns::Name name,
                                                                         net::DnsClient& client,
                                                                         net::Resolver& resolver,
                                                                         const Clock& clock) {
  Result<ZoneServers> servers = co_await ZoneServers::find(name, resolver, client, clock);
  if (!servers) co_return pass_on(std::move(servers));
  dns::Question question{std::move(name), dns::RecordType::soa};
  const Result<dns::Message> message = co_await servers->ask(std::move(question));
  if (!message) co_return tl::unexpected<Error>(message.error());
  // A negative answer has the SOA record of the zone, too (RFC 2308 §3).
  for (const std::vector<dns::Rrset>* section : {&message->answer, &message->authority}) {
    for (const dns::Rrset& rrset : *section) {
      if (rrset.type != dns::RecordType::soa || rrset.rdata.size() != 1) continue;
      const auto soa = dns::Soa::from_rdata(rrset.rdata.front());
      if (soa) co_return std::optional(soa->serial);
    }
  }
  co_return std::optional<dns::Serial>();
}

}  // namespace dskeeper::survey
