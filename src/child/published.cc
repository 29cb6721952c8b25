#include "child/published.h"

#include <fmt/core.h>

#include <utility>

#include "net/exchange.h"

namespace dskeeper::child {
namespace {

// One type's set out of one answer.
Result<std::vector<Bytes>> read_set(const Bytes& wire, const dns::Question& question, Time now) {
  auto message = dns::parse_message(wire, now);
  if (!message) return fail("a malformed answer: " + message.error().what);
  if (message->question != question) return fail("an answer to another question");
  if (message->rcode != dns::Rcode::noerror) {
    return fail(fmt::format("asked for {} it says {}", dns::to_text(question.type),
                            dns::to_text(message->rcode)));
  }
  if (!message->is_authoritative || message->is_truncated) {
    return fail("it does not answer with authority");
  }
  const dns::Rrset* rrset = message->find_answer(question.name, question.type);
  return rrset == nullptr ? std::vector<Bytes>() : rrset->rdata;
}

Result<std::vector<Bytes>> read_reply(const net::Reply& reply, const dns::Question& question) {
  if (reply.status != net::AskStatus::answered) return fail(std::string(to_text(reply.status)));
  return read_set(reply.wire, question, Time{});
}

std::string name_of(const ServerAddress& server) {
  return fmt::format("{} {}", server.host.text(), server.address.text());
}

}  // namespace

std::vector<dns::RecordType> types_of(dns::RecordType notified) {
  if (notified == dns::RecordType::csync) return {dns::RecordType::csync};
  return {dns::RecordType::cds, dns::RecordType::cdnskey};
}

boost::asio::awaitable<std::vector<ServerAddress>> find_addresses(
    net::Resolver& resolver, std::vector<dns::Name> hosts, std::vector<std::string>& remarks) {
  std::vector<ServerAddress> servers;
  const auto found = co_await resolver.addresses_of(hosts);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (!found[i]->trouble.empty()) remarks.push_back(found[i]->trouble);
    for (const IpAddress& address : found[i]->addresses) servers.push_back({hosts[i], address});
  }
  co_return servers;
}

boost::asio::awaitable<std::vector<Shown>> ask_servers(net::DnsClient& client,
                                                       std::vector<ServerAddress> servers,
                                                       dns::Name child,
                                                       std::vector<dns::RecordType> types) {
  std::vector<net::Ask> asks;
  for (const ServerAddress& server : servers) {
    for (const dns::RecordType type : types) {
      asks.push_back({server.address, {child, type}, Transport::udp, true});
    }
  }
  std::vector<net::Reply> replies = co_await client.ask_all(std::move(asks));
  std::vector<Shown> shown;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    Result<Records> records = Records();
    for (std::size_t j = 0; j < types.size() && records; ++j) {
      auto set = read_reply(replies[i * types.size() + j], {child, types[j]});
      if (set) {
        (*records)[types[j]] = *std::move(set);
      } else {
        records = pass_on(std::move(set));
      }
    }
    shown.push_back({servers[i], std::move(records)});
  }
  co_return shown;
}

boost::asio::awaitable<Result<Records>> ask_primary(Primary primary, dns::Name child,
                                                    std::vector<dns::RecordType> types,
                                                    const Clock& clock) {
  const std::string where = primary.server.text();
  Records records;
  for (const dns::RecordType type : types) {
    const dns::Question question{child, type};
    Bytes query = dns::make_query(net::random_message_id(), question, {.dnssec_ok = false});
    std::optional<dns::TsigExchange> tsig;
    if (primary.key) {
      tsig.emplace(*primary.key);
      Result<Bytes> signed_query = tsig->sign(query, clock.now());
      if (!signed_query) co_return pass_on(std::move(signed_query));
      query = *std::move(signed_query);
    }
    net::Exchanged<Bytes> response =
        co_await net::exchange(primary.server, std::move(query), primary.timeout);
    if (!response) co_return tl::unexpected<Error>(std::move(response.error().error));
    if (tsig) {
      Result<void> verified = tsig->verify(*response, clock.now(), true);
      if (!verified) co_return fail(verified.error().what, where, verified.error().remedy);
    }
    Result<std::vector<Bytes>> set = read_set(*response, question, clock.now());
    if (!set) co_return fail(set.error().what, where, "Name the child's primary.");
    records[type] = *std::move(set);
  }
  co_return records;
}

std::vector<std::string> find_laggards(const std::optional<Records>& wanted,
                                       std::span<const Shown> shown) {
  std::vector<std::string> laggards;
  const Shown* first = nullptr;  // that answered, where nobody says what is wanted
  for (const Shown& one : shown) {
    if (!one.records) {
      laggards.push_back(fmt::format("{}: {}", name_of(one.server), one.records.error().text()));
      continue;
    }
    if (wanted) {
      if (*one.records != *wanted) {
        laggards.push_back(
            fmt::format("{} shows other records than the primary", name_of(one.server)));
      }
    } else if (first == nullptr) {
      first = &one;
    } else if (*one.records != *first->records) {
      laggards.push_back(fmt::format("{} shows other records than {}", name_of(one.server),
                                     name_of(first->server)));
    }
  }
  return laggards;
}

}  // namespace dskeeper::child
