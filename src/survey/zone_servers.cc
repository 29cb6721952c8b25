#include "survey/zone_servers.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "survey/nameserver_addresses.h"

namespace dskeeper::survey {
namespace {

std::vector<dns::Name> hosts_in(const net::Resolution& ns) {
  std::vector<dns::Name> hosts;
  for (const Bytes& rdata : ns.rdata) {
    if (auto host = dns::Name::from_wire(rdata)) hosts.push_back(*std::move(host));
  }
  if (hosts.size() > name_servers_max) hosts.resize(name_servers_max);
  return hosts;
}

}  // namespace

boost::asio::awaitable<Result<ZoneServers>> ZoneServers::find(dns::Name name,
                                                              net::Resolver& resolver,
                                                              net::DnsClient& client,
                                                              const Clock& clock) {
  std::vector<dns::Name> hosts;
  for (dns::Name zone = name; hosts.empty() && !zone.is_root(); zone = zone.parent()) {
    const net::Resolution ns = co_await resolver.resolve(zone, dns::RecordType::ns);
    if (!ns.is_answer()) {
      co_return fail(fmt::format("its name servers cannot be found: {}", ns.why), zone.text());
    }
    if (ns.has_data()) hosts = hosts_in(ns);
  }
  const auto found = co_await resolver.addresses_of(std::move(hosts));
  std::vector<IpAddress> addresses;
  for (const auto& host : found) {
    for (const IpAddress& address : host->addresses) {
      const bool is_new = std::ranges::find(addresses, address) == addresses.end();
      if (is_new && addresses.size() < addresses_max) addresses.push_back(address);
    }
  }
  if (addresses.empty()) {
    co_return fail("no address of its name servers can be found", name.text());
  }
  co_return ZoneServers(std::move(addresses), client, clock);
}

boost::asio::awaitable<Result<dns::Message>> ZoneServers::ask(dns::Question question) {
  Result<dns::Message> message = fail("no server is left to ask");
  while (at_ < addresses_.size()) {
    const IpAddress address = addresses_[at_];
    const net::Reply reply = co_await client_->ask(address, question, Transport::udp);
    message = read(reply, question);
    if (message) break;
    ++at_;
  }
  co_return message;
}

bool ZoneServers::pass_over() {
  ++at_;
  return at_ < addresses_.size();
}

Result<dns::Message> ZoneServers::read(const net::Reply& reply,
                                       const dns::Question& question) const {
  const std::string where = addresses_[at_].text();
  if (reply.status != net::AskStatus::answered) {
    return fail(
        fmt::format("asked for {} of {}, the server gives no answer ({})",
                    dns::to_text(question.type), question.name.text(), net::to_text(reply.status)),
        where);
  }
  auto message = dns::parse_message(reply.wire, clock_->now());
  if (!message) return fail("a malformed answer: " + message.error().what, where);
  return message;
}

}  // namespace dskeeper::survey
