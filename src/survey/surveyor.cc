#include "survey/surveyor.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "net/dns_client.h"
#include "net/resolver.h"
#include "survey/csync.h"
#include "survey/nameserver_addresses.h"
#include "survey/resolver_check.h"
#include "survey/signals.h"
#include "survey/status_quo.h"
#include "survey/taken_answer.h"

namespace dskeeper::survey {
namespace {

using dns::RecordType;

// Of questions that wait side by side.
Duration longest_wait(const std::vector<net::Reply>& replies) {
  Duration longest{};
  for (const net::Reply& reply : replies) longest = std::max(longest, reply.waited);
  return longest;
}

bool is_timed(Depth depth) {
  return depth == Depth::timed || depth == Depth::timed_with_csync;
}

// One look at one child. Lives as long as the coroutine.
class Look {
 public:
  Look(net::DnsClient& client, net::Resolver& resolver, const SurveyorOptions& options,
       const Clock& clock, const Delegation& delegation)
      : client_(client),
        resolver_(resolver),
        options_(options),
        clock_(clock),
        delegation_(delegation) {
    survey.child = delegation.child;
    survey.vantage = options.vantage;
    survey.revision = delegation.revision;
    survey.started_at = clock.now();
  }

  // A timed look's first step: does one server confirm the status quo?
  [[nodiscard]] boost::asio::awaitable<bool> is_status_quo(std::size_t first);
  // Every question at every address, all at once; what was answered already stays.
  // In a full look each address gets at least one question, also where the client has set it aside:
  // its silence will be counted.
  [[nodiscard]] boost::asio::awaitable<void> ask_everywhere(Depth depth);

  Survey survey;
  bool asks_for_csync = false;  // to find the status quo
  const std::vector<SeenSerials>* standing = nullptr;

 private:
  enum class Said : std::uint8_t { nothing, status_quo, something_else };

  [[nodiscard]] Families families() const { return {options_.ipv4, options_.ipv6}; }
  [[nodiscard]] Transport transport() const {
    const bool is_tcp = !delegation_.is_secure() || options_.secure_over_tcp;
    return is_tcp ? Transport::tcp : Transport::udp;
  }
  [[nodiscard]] std::vector<RecordType> types() const;
  [[nodiscard]] boost::asio::awaitable<std::optional<ServerAddress>> address_of(
      const NameServer& name_server, std::size_t turn);
  [[nodiscard]] boost::asio::awaitable<Said> ask_for_status_quo(ServerAddress server);
  [[nodiscard]] boost::asio::awaitable<Said> ask_for_ds(ServerAddress server);
  [[nodiscard]] boost::asio::awaitable<Said> ask_for_serial(ServerAddress server);
  [[nodiscard]] boost::asio::awaitable<StatusQuo> ask_one(ServerAddress server, RecordType type);
  [[nodiscard]] bool may_copy() const { return options_.ask_csync && delegation_.is_secure(); }
  Classified take(ServerAddress server, RecordType type, Time asked_at, net::Reply reply);

  net::DnsClient& client_;
  net::Resolver& resolver_;
  const SurveyorOptions& options_;
  const Clock& clock_;
  const Delegation& delegation_;
  Listed csync_ = Listed::untold;  // by the server that is asked for the status quo
};

std::vector<RecordType> Look::types() const {
  std::vector<RecordType> types = {RecordType::soa, RecordType::dnskey};
  if (options_.ask_cds) types.push_back(RecordType::cds);
  if (options_.ask_cdnskey) types.push_back(RecordType::cdnskey);
  return types;
}

Classified Look::take(ServerAddress server, RecordType type, Time asked_at, net::Reply reply) {
  TakenAnswer taken = take_answer(std::move(server), {delegation_.child, type}, delegation_.child,
                                  asked_at, std::move(reply), clock_.now());
  survey.answers.push_back(std::move(taken.answer));
  return std::move(taken.classified);
}

// One address of the host that may be asked; glue first, since that spares a lookup.
boost::asio::awaitable<std::optional<ServerAddress>> Look::address_of(const NameServer& name_server,
                                                                      std::size_t turn) {
  SurveyedServer server{name_server.host, merge_addresses(name_server.glue, {}, families()), {}};
  if (server.addresses.empty()) {
    std::shared_ptr<const net::HostAddresses> found = resolver_.cached_addresses(name_server.host);
    if (found == nullptr) found = co_await resolver_.addresses(name_server.host);
    server.addresses = merge_addresses({}, found->addresses, families());
    server.trouble = found->trouble;
    server.is_complete = found->is_complete;
  }
  std::optional<ServerAddress> chosen;
  const std::size_t count = server.addresses.size();
  for (std::size_t at = 0; at < count && !chosen; ++at) {
    const IpAddress& address = server.addresses[(turn + at) % count];
    if (client_.is_permitted(address)) chosen = ServerAddress{server.host, address};
  }
  survey.servers.push_back(std::move(server));
  co_return chosen;
}

boost::asio::awaitable<StatusQuo> Look::ask_one(ServerAddress server, RecordType type) {
  const Time asked_at = clock_.now();
  dns::Question question{delegation_.child, type};
  net::Reply reply = co_await client_.ask(server.address, std::move(question), transport());
  survey.waited += reply.waited;
  const Classified classified = take(std::move(server), type, asked_at, std::move(reply));
  if (!is_received(classified.status)) co_return StatusQuo::no_answer;
  if (type == RecordType::csync) {
    const bool is_there = classified.status == AnswerStatus::answer;
    co_return is_there ? StatusQuo::asks : StatusQuo::confirmed;
  }
  if (const Listed listed = is_listed(delegation_.child, RecordType::csync, *classified.message);
      listed != Listed::untold) {
    csync_ = listed;
  }
  co_return status_quo(delegation_, type, classified.status, *classified.message);
}

boost::asio::awaitable<Look::Said> Look::ask_for_status_quo(ServerAddress server) {
  csync_ = Listed::untold;
  const Said said = co_await ask_for_ds(server);
  if (said != Said::status_quo || !may_copy() || csync_ == Listed::no) co_return said;
  if (csync_ == Listed::yes) {
    const Said of_zone = co_await ask_for_serial(std::move(server));
    co_return of_zone;
  }
  if (!asks_for_csync) co_return said;
  // RFC 7477: a child that publishes CDS all the time has no denial that would tell.
  const StatusQuo copied = co_await ask_one(std::move(server), RecordType::csync);
  if (copied == StatusQuo::no_answer) co_return Said::nothing;
  co_return copied == StatusQuo::asks ? Said::something_else : Said::status_quo;
}

// RFC 7477 lets the record stay when it has been followed. Where all of it stood when this server
// had this very zone, it still does: one question tells, instead of the whole run at each server.
boost::asio::awaitable<Look::Said> Look::ask_for_serial(ServerAddress server) {
  if (standing == nullptr) co_return Said::something_else;
  const auto known = std::ranges::find(*standing, server, &SeenSerials::server);
  if (known == standing->end()) co_return Said::something_else;
  const Time asked_at = clock_.now();
  dns::Question question{delegation_.child, RecordType::soa};
  net::Reply reply = co_await client_.ask(server.address, std::move(question), transport());
  survey.waited += reply.waited;
  const Classified classified =
      take(std::move(server), RecordType::soa, asked_at, std::move(reply));
  if (classified.status != AnswerStatus::answer) co_return Said::something_else;
  const dns::Rrset* rrset = classified.message->find_answer(delegation_.child, RecordType::soa);
  if (rrset == nullptr || rrset->rdata.size() != 1) co_return Said::something_else;
  const auto soa = dns::Soa::from_rdata(rrset->rdata.front());
  const bool is_same = soa && soa->serial == known->zone;
  co_return is_same ? Said::status_quo : Said::something_else;
}

boost::asio::awaitable<Look::Said> Look::ask_for_ds(ServerAddress server) {
  const RecordType type = options_.ask_cds ? RecordType::cds : RecordType::cdnskey;
  const StatusQuo first = co_await ask_one(server, type);
  if (first == StatusQuo::no_answer) co_return Said::nothing;
  if (first == StatusQuo::confirmed) co_return Said::status_quo;
  if (first == StatusQuo::asks) co_return Said::something_else;
  const bool is_only_type = !options_.ask_cds || !options_.ask_cdnskey;
  if (is_only_type) co_return Said::status_quo;
  const StatusQuo second = co_await ask_one(std::move(server), RecordType::cdnskey);
  const bool is_quiet = second == StatusQuo::confirmed || second == StatusQuo::this_type_only;
  co_return is_quiet ? Said::status_quo : Said::something_else;
}

boost::asio::awaitable<bool> Look::is_status_quo(std::size_t first) {
  const std::vector<NameServer>& name_servers = delegation_.name_servers;
  const std::size_t count = name_servers.size();
  const std::size_t tries = std::min(count, status_quo_tries_max);
  for (std::size_t at = 0; at < tries; ++at) {
    const NameServer& name_server = name_servers[(first + at) % count];
    std::optional<ServerAddress> server = co_await address_of(name_server, first / count);
    if (!server || survey.find(server->address, RecordType::cds) != nullptr ||
        survey.find(server->address, RecordType::cdnskey) != nullptr) {
      continue;
    }
    const Said said = co_await ask_for_status_quo(*std::move(server));
    if (said == Said::status_quo) co_return true;
    if (said == Said::something_else) co_return false;
  }
  co_return false;
}

boost::asio::awaitable<void> Look::ask_everywhere(Depth depth) {
  NameserverAddresses found =
      co_await find_nameserver_addresses(delegation_, resolver_, families());
  const std::vector<Answer> kept = std::exchange(survey.answers, {});
  survey.servers = std::move(found.servers);

  // In the order of the answers: kept ones keep their place.
  struct Place {
    ServerAddress server;
    RecordType type{};
    const Answer* kept = nullptr;
  };
  std::vector<Place> places;
  std::vector<net::Ask> asks;
  for (const ServerAddress& server : found.addresses) {
    bool is_needed = !is_timed(depth);
    for (const RecordType type : types()) {
      const auto is_it = [&](const Answer& answer) {
        return answer.server.address == server.address && answer.type == type;
      };
      const auto at = std::find_if(kept.begin(), kept.end(), is_it);
      places.push_back({server, type, at == kept.end() ? nullptr : &*at});
      if (at == kept.end()) {
        asks.push_back({server.address,
                        {delegation_.child, type},
                        transport(),
                        is_needed,
                        depth == Depth::notified});
        is_needed = false;
      }
    }
  }
  const Time asked_at = clock_.now();
  std::vector<net::Reply> replies = co_await client_.ask_all(std::move(asks));
  survey.waited += longest_wait(replies);
  std::size_t next = 0;
  for (Place& place : places) {
    if (place.kept != nullptr) {
      survey.answers.push_back(*place.kept);
      survey.answers.back().server = std::move(place.server);
    } else {
      take(std::move(place.server), place.type, asked_at, std::move(replies[next++]));
    }
  }
}

// Something that the resolver should have found or validated and did not: its fault, or another's?
bool is_resolver_in_doubt(const Survey& survey) {
  if (survey.stopped_early) return false;
  const auto is_lost = [](const SignalAnswer& answer) {
    return answer.status == SecurityStatus::bogus || answer.status == SecurityStatus::unanswered;
  };
  return std::ranges::any_of(survey.servers,
                             [](const SurveyedServer& server) { return !server.is_complete; }) ||
         std::ranges::any_of(survey.signals.hosts, [&](const HostSignals& host) {
           return std::ranges::any_of(host.answers, is_lost);
         });
}

}  // namespace

Surveyor::Surveyor(net::DnsClient& client, net::Resolver& resolver, SurveyorOptions options,
                   const Clock& clock)
    : client_(client), resolver_(resolver), options_(std::move(options)), clock_(clock) {}

boost::asio::awaitable<Survey> Surveyor::look(const Delegation& delegation, Depth depth,
                                              LookId look, std::size_t first,
                                              const std::vector<SeenSerials>* standing) {
  Look one(client_, resolver_, options_, clock_, delegation);
  one.survey.look = look;
  if (is_timed(depth)) {
    one.asks_for_csync = depth == Depth::timed_with_csync;
    one.standing = standing;
    const bool is_status_quo = co_await one.is_status_quo(first);
    one.survey.stopped_early = is_status_quo;
  }
  if (!one.survey.stopped_early) co_await one.ask_everywhere(depth);
  if (options_.signals != nullptr && asks_for_first_ds(delegation, one.survey, clock_.now())) {
    const SignalQuestion question{delegation, one.survey, options_.ask_cds, options_.ask_cdnskey};
    one.survey.signals = co_await options_.signals->look(question, clock_);
  }
  if (options_.ask_csync && may_ask_by_csync(delegation, one.survey, clock_.now())) {
    const CsyncQuestion question{delegation,
                                 one.survey,
                                 {options_.ipv4, options_.ipv6},
                                 options_.secure_over_tcp,
                                 depth == Depth::notified};
    one.survey.csync = co_await look_for_csync(client_, resolver_, question, clock_);
  }
  if (options_.resolver_check != nullptr && is_resolver_in_doubt(one.survey)) {
    one.survey.resolver = co_await options_.resolver_check->look(clock_);
  }
  one.survey.ended_at = clock_.now();
  co_return std::move(one.survey);
}

}  // namespace dskeeper::survey
