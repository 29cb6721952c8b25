#include "parent/referral.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "dns/rrset.h"
#include "parent/parent_question.h"

namespace dskeeper::parent {
namespace {

using dns::RecordType;

const dns::Rrset* names_in(const std::vector<dns::Rrset>& section, const dns::Name& child) {
  const auto found = std::ranges::find_if(section, [&](const dns::Rrset& rrset) {
    return rrset.type == RecordType::ns && rrset.owner == child;
  });
  return found == section.end() ? nullptr : &*found;
}

void add_glue(const dns::Message& message, NameServer& server) {
  for (const dns::Rrset& rrset : message.additional) {
    if (rrset.owner != server.host) continue;
    for (const Bytes& rdata : rrset.rdata) {
      const ByteView octets(rdata);
      if (rrset.type == RecordType::a && octets.size() == 4) {
        server.glue.push_back(IpAddress::v4(octets.first<4>()));
      } else if (rrset.type == RecordType::aaaa && octets.size() == 16) {
        server.glue.push_back(IpAddress::v6(octets.first<16>()));
      }
    }
  }
  std::sort(server.glue.begin(), server.glue.end());
}

Result<std::optional<Referral>> read(const dns::Message& message,
                                     const ReferralQuestion& question) {
  if (names_in(message.answer, question.child) != nullptr) {
    return fail(fmt::format("the server has the zone {}, too, so that it does not show which name "
                            "servers its parent names",
                            question.child.text()),
                question.server.text(), "Have a server asked that has the parent zone alone.");
  }
  const dns::Rrset* names = names_in(message.authority, question.child);
  if (names == nullptr) return std::optional<Referral>();
  Referral referral{{}, names->ttl};
  for (const Bytes& rdata : names->rdata) {
    auto host = dns::Name::from_wire(rdata);
    if (!host) return pass_on(std::move(host));
    NameServer server{*std::move(host), {}};
    add_glue(message, server);
    referral.name_servers.push_back(std::move(server));
  }
  std::ranges::sort(referral.name_servers, {}, &NameServer::host);
  return std::optional(std::move(referral));
}

}  // namespace

boost::asio::awaitable<Result<std::optional<Referral>>> ask_referral(ReferralQuestion question,
                                                                     const Clock& clock) {
  ParentQuestion asked{
      question.server, {question.child, RecordType::ns}, question.key, question.timeout, true};
  const Result<dns::Message> message = co_await ask_parent(std::move(asked), clock);
  if (!message) co_return tl::unexpected<Error>(message.error());
  co_return read(*message, question);
}

}  // namespace dskeeper::parent
