#include "parent/ds_question.h"

#include <fmt/core.h>

#include <utility>

#include "dns/rrset.h"
#include "parent/parent_question.h"

namespace dskeeper::parent {
namespace {

Result<StandingSet> read_answer(const dns::Message& message, const DsQuestion& question) {
  if (message.rcode == dns::Rcode::nxdomain) return StandingSet();
  const dns::Rrset* rrset = message.find_answer(question.child, dns::RecordType::ds);
  if (rrset == nullptr) return StandingSet(StandingDs{});
  std::vector<dns::Ds> records;
  for (const Bytes& rdata : rrset->rdata) {
    auto ds = dns::Ds::from_rdata(rdata);
    if (!ds) {
      return fail(fmt::format("a DS record of {} is malformed", question.child.text()),
                  question.server.text());
    }
    records.push_back(*std::move(ds));
  }
  return StandingSet(StandingDs{dns::make_ds_set(std::move(records)), rrset->ttl});
}

}  // namespace

boost::asio::awaitable<Result<StandingSet>> ask_ds(DsQuestion question, const Clock& clock) {
  ParentQuestion asked{question.server,
                       {question.child, dns::RecordType::ds},
                       question.key,
                       question.timeout,
                       false};
  const Result<dns::Message> message = co_await ask_parent(std::move(asked), clock);
  if (!message) co_return tl::unexpected<Error>(message.error());
  co_return read_answer(*message, question);
}

}  // namespace dskeeper::parent
