#include "net/zone_serial.h"

#include <fmt/core.h>

#include <utility>

#include "net/exchange.h"

namespace dskeeper::net {
namespace {

Result<dns::Serial> read_answer(const dns::Message& message, const SerialQuestion& asked) {
  const std::string where = asked.server.text();
  if (message.rcode != dns::Rcode::noerror) {
    return fail(fmt::format("asked for the SOA of {}, the server says {}", asked.zone.text(),
                            dns::to_text(message.rcode)),
                where, "Is the zone there?");
  }
  const dns::Rrset* rrset = message.find_answer(asked.zone, dns::RecordType::soa);
  if (rrset == nullptr || rrset->rdata.size() != 1) {
    return fail(fmt::format("the server has no SOA record of {}", asked.zone.text()), where);
  }
  auto soa = dns::Soa::from_rdata(rrset->rdata.front());
  if (!soa) return pass_on(std::move(soa));
  return soa->serial;
}

}  // namespace

boost::asio::awaitable<Result<dns::Serial>> ask_serial(SerialQuestion question,
                                                       const Clock& clock) {
  const dns::Question soa{question.zone, dns::RecordType::soa};
  Bytes query = dns::make_query(random_message_id(), soa, dns::QueryOptions{.dnssec_ok = false});
  std::optional<dns::TsigExchange> tsig;
  if (question.key) {
    tsig.emplace(*question.key);
    Result<Bytes> signed_query = tsig->sign(query, clock.now());
    if (!signed_query) co_return pass_on(std::move(signed_query));
    query = *std::move(signed_query);
  }
  Exchanged<Bytes> response =
      co_await exchange(question.server, std::move(query), question.timeout);
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
  co_return read_answer(*message, question);
}

}  // namespace dskeeper::net
