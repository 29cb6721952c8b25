#include "net/update_client.h"

#include <fmt/core.h>

#include <utility>

#include "dns/rrset.h"
#include "net/exchange.h"

namespace dskeeper::net {
namespace {

Result<void> judge(const Bytes& response, const dns::Name& zone, const std::string& where,
                   Time now) {
  const auto message = dns::parse_message(response, now);
  if (!message) return fail("a malformed answer: " + message.error().what, where);
  if (message->rcode == dns::Rcode::noerror) return {};
  std::string remedy = "See its log.";
  if (message->rcode == dns::Rcode::refused) {
    remedy = "Let the key change these records there.";
  } else if (message->rcode == dns::Rcode::notauth || message->rcode == dns::Rcode::notzone) {
    remedy = fmt::format("Is it the primary of {}?", zone.text());
  }
  return fail(
      fmt::format("the UPDATE of {} is answered {}", zone.text(), dns::to_text(message->rcode)),
      where, std::move(remedy));
}

}  // namespace

boost::asio::awaitable<Result<void>> send_updates(UpdateServer to, dns::Name zone,
                                                  std::vector<dns::UpdateMessage> updates,
                                                  const Clock& clock) {
  const std::string where = to.server.text();
  for (const dns::UpdateMessage& update : updates) {
    Result<Bytes> request = update.encode(random_message_id());
    if (!request) co_return pass_on(std::move(request));
    dns::TsigExchange tsig(to.key);
    Result<Bytes> signed_request = tsig.sign(*request, clock.now());
    if (!signed_request) co_return pass_on(std::move(signed_request));
    Exchanged<Bytes> response =
        co_await exchange(to.server, *std::move(signed_request), to.timeout);
    if (!response) co_return tl::unexpected<Error>(std::move(response.error().error));
    Result<void> verified = tsig.verify(*response, clock.now(), true);
    if (!verified) co_return fail(verified.error().what, where, verified.error().remedy);
    Result<void> taken = judge(*response, zone, where, clock.now());
    if (!taken) co_return taken;
  }
  co_return Result<void>();
}

}  // namespace dskeeper::net
