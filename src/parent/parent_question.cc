#include "parent/parent_question.h"

#include <fmt/core.h>

#include <utility>

#include "net/exchange.h"

namespace dskeeper::parent {
namespace {

Result<dns::Message> check(dns::Message&& message, const ParentQuestion& asked) {
  const std::string where = asked.server.text();
  const std::string what =
      fmt::format("{} of {}", dns::to_text(asked.question.type), asked.question.name.text());
  if (message.rcode != dns::Rcode::noerror && message.rcode != dns::Rcode::nxdomain) {
    return fail(fmt::format("asked for {}, the server says {}", what, dns::to_text(message.rcode)),
                where);
  }
  if (message.question != asked.question) return fail("the server answers another question", where);
  if (!message.is_authoritative && !asked.is_referral) {
    return fail(fmt::format("the server has no authority for {}", what), where,
                "Name a server of the parent zone.");
  }
  return std::move(message);
}

}  // namespace

boost::asio::awaitable<Result<dns::Message>> ask_parent(ParentQuestion question,
                                                        const Clock& clock) {
  Bytes query = dns::make_query(net::random_message_id(), question.question,
                                dns::QueryOptions{.dnssec_ok = false});
  std::optional<dns::TsigExchange> tsig;
  if (question.key) {
    tsig.emplace(*question.key);
    Result<Bytes> signed_query = tsig->sign(query, clock.now());
    if (!signed_query) co_return pass_on(std::move(signed_query));
    query = *std::move(signed_query);
  }
  net::Exchanged<Bytes> response =
      co_await net::exchange(question.server, std::move(query), question.timeout);
  if (!response) co_return tl::unexpected<Error>(std::move(response.error().error));
  if (tsig) {
    Result<void> verified = tsig->verify(*response, clock.now(), true);
    if (!verified) {
      co_return fail(verified.error().what, question.server.text(), verified.error().remedy);
    }
  }
  Result<dns::Message> message = dns::parse_message(*response, clock.now());
  if (!message) {
    co_return fail("a malformed answer: " + message.error().what, question.server.text());
  }
  co_return check(*std::move(message), question);
}

}  // namespace dskeeper::parent
