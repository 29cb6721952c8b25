#include "survey/nsec_walk.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "dns/denial.h"

namespace dskeeper::survey {
namespace {

using dns::RecordType;

// The first name behind all that lie below this one; nothing where there is no room for it.
std::optional<dns::Name> name_beside(const dns::Name& name) {
  const ByteView wire = name.wire();
  if (name.is_root() || wire[0] == dns::label_octets_max) return std::nullopt;
  Bytes longer(wire.begin(), wire.end());
  longer.insert(longer.begin() + 1 + wire[0], 0);
  ++longer[0];
  auto beside = dns::Name::from_wire(longer);
  return beside ? std::optional(*std::move(beside)) : std::nullopt;
}

struct Link {
  dns::Name owner;
  dns::Name next;

  [[nodiscard]] bool is_last() const { return next <= owner; }  // it leads back to the apex
  [[nodiscard]] bool covers(const dns::Name& name) const {
    return owner <= name && (name < next || is_last());
  }
};

// The NSEC record at the name, or the one that denies it.
std::optional<Link> find_link(const dns::Message& message, const dns::Name& name) {
  for (const std::vector<dns::Rrset>* section : {&message.answer, &message.authority}) {
    for (const dns::Rrset& rrset : *section) {
      if (rrset.type != RecordType::nsec || rrset.rdata.size() != 1) continue;
      auto nsec = dns::Nsec::from_rdata(rrset.rdata.front());
      if (!nsec) continue;
      Link link{rrset.owner, std::move(nsec->next)};
      if (link.covers(name)) return link;
    }
  }
  return std::nullopt;
}

bool has_nsec3(const dns::Message& message) {
  return std::any_of(message.authority.begin(), message.authority.end(),
                     [](const dns::Rrset& rrset) { return rrset.type == RecordType::nsec3; });
}

constexpr const char* ask_for_transfers = "Ask its operator to allow you transfers (axfr).";

}  // namespace

NsecWalk::NsecWalk(dns::Name subtree) : subtree_(std::move(subtree)), at_(subtree_) {
  ask(subtree_);
}

void NsecWalk::ask(dns::Name name) {
  question_ = dns::Question{std::move(name), RecordType::nsec};
}

std::vector<dns::Name> NsecWalk::take_names() {
  return std::exchange(names_, {});
}

Result<void> NsecWalk::take(const dns::Message& message) {
  const dns::Name& asked = question_->name;
  if (message.rcode != dns::Rcode::noerror && message.rcode != dns::Rcode::nxdomain) {
    return fail(fmt::format("asked for NSEC of {} the server says {}", asked.text(),
                            dns::to_text(message.rcode)));
  }
  if (auto link = find_link(message, asked)) return go_on_from(link->owner, std::move(link->next));
  if (has_nsec3(message)) {
    return fail("the zone denies with NSEC3 (RFC 5155), and cannot be walked", {},
                ask_for_transfers);
  }
  return step_over_cut(message);
}

Result<void> NsecWalk::go_on_from(const dns::Name& owner, dns::Name next) {
  if (next <= owner || !next.is_at_or_below(subtree_)) {
    question_.reset();
    return {};
  }
  // RFC 4470 §3 and RFC 9824 §3.1 take the name that could follow at once.
  if (next.labels().front() == std::string_view("\0", 1)) {
    return fail(
        "the server makes its NSEC records up for each question (RFC 4470, RFC 9824), and "
        "the zone cannot be walked",
        {}, ask_for_transfers);
  }
  names_.push_back(next);
  at_ = std::move(next);
  is_beside_ = false;
  ask(at_);
  return {};
}

// At a zone cut a server may refer us to the zone below, which has no names of this one: what
// comes behind them all is denied by the NSEC record of the cut.
Result<void> NsecWalk::step_over_cut(const dns::Message& message) {
  std::optional<dns::Name> beside;
  if (!is_beside_) beside = name_beside(at_);
  if (!beside) {
    return fail(
        fmt::format("the server gives no NSEC record for {}", question_->name.text()), {},
        message.is_authoritative ? "Is the zone signed?" : "Does this name server have the zone?");
  }
  is_beside_ = true;
  ask(*std::move(beside));
  return {};
}

}  // namespace dskeeper::survey
