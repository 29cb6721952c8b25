#include "child/parent_side.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "child/discovery.h"
#include "dns/rrset.h"

namespace dskeeper::child {
namespace {

// Addresses of the parent's servers that are asked for the delegation.
constexpr std::size_t servers_asked_max = 8;

Result<dns::Name> zone_of(const dns::Name& name, const net::Resolution& soa) {
  if (soa.has_data()) return name;
  if (soa.is_answer()) {
    if (const auto owner = soa_owner(soa.wire); owner && name.is_at_or_below(*owner)) return *owner;
  }
  return fail(fmt::format("the parent zone above {} cannot be found: SOA {}{}", name.text(),
                          to_text(soa.status), soa.why.empty() ? "" : ", " + soa.why));
}

std::vector<dns::Name> hosts_in(const dns::Rrset& rrset) {
  std::vector<dns::Name> hosts;
  for (const Bytes& rdata : rrset.rdata) {
    if (auto host = dns::Name::from_wire(rdata)) hosts.push_back(*std::move(host));
  }
  std::ranges::sort(hosts);
  return hosts;
}

const dns::Rrset* find_ns(const std::vector<dns::Rrset>& section, const dns::Name& child) {
  const auto found = std::ranges::find_if(section, [&](const dns::Rrset& rrset) {
    return rrset.owner == child && rrset.type == dns::RecordType::ns;
  });
  return found == section.end() ? nullptr : &*found;
}

std::optional<ParentSide> read(const net::Reply& reply, const dns::Name& zone,
                               const dns::Name& child) {
  if (reply.status != net::AskStatus::answered) return std::nullopt;
  const auto message = dns::parse_message(reply.wire, Time{});
  if (!message || message->rcode != dns::Rcode::noerror) return std::nullopt;
  if (const dns::Rrset* referral = find_ns(message->authority, child);
      referral != nullptr && !message->is_authoritative) {
    return ParentSide{zone, hosts_in(*referral), false};
  }
  if (const dns::Rrset* own = find_ns(message->answer, child)) {
    return ParentSide{zone, hosts_in(*own), true};
  }
  return std::nullopt;
}

}  // namespace

boost::asio::awaitable<Result<ParentSide>> find_parent_side(net::Resolver& resolver,
                                                            net::DnsClient& client,
                                                            dns::Name child) {
  const dns::Name above = child.parent();
  const net::Resolution soa = co_await resolver.resolve(above, dns::RecordType::soa);
  Result<dns::Name> zone = zone_of(above, soa);
  if (!zone) co_return pass_on(std::move(zone));
  const net::Resolution ns = co_await resolver.resolve(*zone, dns::RecordType::ns);
  std::vector<dns::Name> hosts;
  for (const Bytes& rdata : ns.rdata) {
    if (auto host = dns::Name::from_wire(rdata)) hosts.push_back(*std::move(host));
  }
  const auto addresses = co_await resolver.addresses_of(hosts);
  std::optional<ParentSide> fallback;
  std::size_t asked = 0;
  for (const auto& host : addresses) {
    for (const IpAddress& address : host->addresses) {
      if (++asked > servers_asked_max) break;
      dns::Question question{child, dns::RecordType::ns};
      const net::Reply reply = co_await client.ask(address, std::move(question), Transport::udp);
      std::optional<ParentSide> side = read(reply, *zone, child);
      if (!side) continue;
      if (!side->is_childs_own) co_return *std::move(side);
      fallback = std::move(side);
    }
  }
  if (fallback) co_return *std::move(fallback);
  co_return fail(fmt::format("no server of {} names the servers of {}", zone->text(), child.text()),
                 {}, "Is the child delegated?");
}

}  // namespace dskeeper::child
