#include "child/signal_update.h"

#include <fmt/core.h>

#include <map>
#include <utility>

#include "net/exchange.h"

namespace dskeeper::child {
namespace {

// Owner, type, class, TTL and length of a record besides its RDATA, at most.
constexpr std::size_t record_octets_max = dns::name_octets_max + 10;

std::size_t octets_of(const dns::Rrset& rrset) {
  std::size_t octets = record_octets_max;  // the deletion
  for (const Bytes& rdata : rrset.rdata) octets += record_octets_max + rdata.size();
  return octets;
}

void put(dns::UpdateMessage& update, const dns::Rrset& rrset) {
  update.delete_rrset(rrset.owner, rrset.type);
  for (const Bytes& rdata : rrset.rdata) update.add({rrset.owner, rrset.type, rrset.ttl, rdata});
}

Result<void> judge(const Bytes& response, const dns::Name& zone, const std::string& where,
                   Time now) {
  const auto message = dns::parse_message(response, now);
  if (!message) return fail("a malformed answer: " + message.error().what, where);
  if (message->rcode == dns::Rcode::noerror) return {};
  std::string remedy = "See its log.";
  if (message->rcode == dns::Rcode::refused) {
    remedy = "Let the key change CDS and CDNSKEY records there.";
  } else if (message->rcode == dns::Rcode::notauth || message->rcode == dns::Rcode::notzone) {
    remedy = fmt::format("Is it the primary of {}?", zone.text());
  }
  return fail(
      fmt::format("the UPDATE of {} is answered {}", zone.text(), dns::to_text(message->rcode)),
      where, std::move(remedy));
}

}  // namespace

std::vector<dns::UpdateMessage> updates_of(const HostPlan& plan, const dns::Name& zone) {
  struct Change {
    std::vector<const dns::Rrset*> remove;
    std::vector<const dns::Rrset*> put;
  };
  std::map<dns::Name, Change> changes;
  for (const dns::Rrset& rrset : plan.remove) changes[rrset.owner].remove.push_back(&rrset);
  for (const dns::Rrset& rrset : plan.put) changes[rrset.owner].put.push_back(&rrset);

  std::vector<dns::UpdateMessage> updates;
  std::size_t octets = update_octets_about_max;
  for (const auto& [owner, change] : changes) {
    if (octets >= update_octets_about_max) {
      updates.emplace_back(zone);
      octets = 0;
    }
    for (const dns::Rrset* rrset : change.remove) {
      updates.back().delete_rrset(rrset->owner, rrset->type);
      octets += record_octets_max;
    }
    for (const dns::Rrset* rrset : change.put) {
      put(updates.back(), *rrset);
      octets += octets_of(*rrset);
    }
  }
  return updates;
}

boost::asio::awaitable<Result<void>> send_updates(Primary primary, dns::Name zone,
                                                  std::vector<dns::UpdateMessage> updates,
                                                  const Clock& clock) {
  const std::string where = primary.server.text();
  if (!primary.key) co_return fail("an UPDATE needs a TSIG key", where, "Name an update-key.");
  for (const dns::UpdateMessage& update : updates) {
    Result<Bytes> request = update.encode(net::random_message_id());
    if (!request) co_return pass_on(std::move(request));
    dns::TsigExchange tsig(*primary.key);
    Result<Bytes> signed_request = tsig.sign(*request, clock.now());
    if (!signed_request) co_return pass_on(std::move(signed_request));
    net::Exchanged<Bytes> response =
        co_await net::exchange(primary.server, *std::move(signed_request), primary.timeout);
    if (!response) co_return tl::unexpected<Error>(std::move(response.error().error));
    Result<void> verified = tsig.verify(*response, clock.now(), true);
    if (!verified) co_return fail(verified.error().what, where, verified.error().remedy);
    Result<void> taken = judge(*response, zone, where, clock.now());
    if (!taken) co_return taken;
  }
  co_return Result<void>();
}

}  // namespace dskeeper::child
