#include "parent/ds_question.h"

#include <fmt/core.h>

#include <utility>

#include "dns/rrset.h"
#include "net/exchange.h"

namespace dskeeper::parent {
namespace {

Result<dns::DsSet> read_answer(const dns::Message& message, const DsQuestion& question) {
  const std::string where = question.server.text();
  const std::string child = question.child.text();
  const bool is_ours = message.question && message.question->name == question.child &&
                       message.question->type == dns::RecordType::ds;
  if (message.rcode != dns::Rcode::noerror) {
    return fail(
        fmt::format("asked for DS of {}, the server says {}", child, dns::to_text(message.rcode)),
        where);
  }
  if (!is_ours) return fail("the server answers another question", where);
  if (!message.is_authoritative) {
    return fail(fmt::format("the server has no authority for DS of {}", child), where,
                "Name a server of the parent zone.");
  }
  const dns::Rrset* rrset = message.find_answer(question.child, dns::RecordType::ds);
  if (rrset == nullptr) return dns::DsSet{};
  std::vector<dns::Ds> records;
  for (const Bytes& rdata : rrset->rdata) {
    auto ds = dns::Ds::from_rdata(rdata);
    if (!ds) return fail(fmt::format("a DS record of {} is malformed", child), where);
    records.push_back(*std::move(ds));
  }
  return dns::make_ds_set(std::move(records));
}

}  // namespace

boost::asio::awaitable<Result<dns::DsSet>> ask_ds(DsQuestion question, const Clock& clock) {
  Bytes query =
      dns::make_query(net::random_message_id(), dns::Question{question.child, dns::RecordType::ds},
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
  co_return read_answer(*message, question);
}

}  // namespace dskeeper::parent
