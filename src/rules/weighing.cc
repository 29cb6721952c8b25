#include "rules/weighing.h"

#include <algorithm>
#include <utility>

#include "dns/denial.h"

namespace dskeeper::rules {
namespace {

// How much of what a server sends is looked at (KeyTrap, CVE-2023-50387). The budget limits the
// arithmetic; these limit the searching.
constexpr std::size_t keys_per_zone_max = 32;
constexpr std::size_t signatures_per_rrset_max = 16;

}  // namespace

void Weigher::read(const dns::Name& name, const Answer& seen, dns::Message& message,
                   ProvedAnswer& answer) const {
  answer.status = seen.status;
  answer.transport = seen.transport;
  if (!is_received(seen.status)) return;
  auto parsed = dns::parse_message(seen.wire, now_);
  if (!parsed || !bears_out(name, *parsed, seen)) {
    answer.status = AnswerStatus::malformed;
    return;
  }
  message = *std::move(parsed);
  if (answer.status != AnswerStatus::answer) return;
  for (dns::Rrset& rrset : message.answer) {
    if (rrset.type == seen.type && rrset.owner == name) answer.rrset = std::move(rrset);
  }
}

bool Weigher::bears_out(const dns::Name& name, const dns::Message& message, const Answer& seen) {
  if (!message.is_response || !message.is_authoritative || message.is_truncated) return false;
  if (message.rcode != dns::Rcode::noerror) return false;
  if (message.question && (message.question->name != name || message.question->type != seen.type)) {
    return false;
  }
  // An apex cannot be an alias (RFC 1034 §3.6.2, edge case 18), nor may a name server's name be one
  // (RFC 2181 §10.3). A DNAME at an apex would be legal, but has no place in this answer.
  for (const dns::Rrset& rrset : message.answer) {
    if (rrset.type == dns::RecordType::cname || rrset.type == dns::RecordType::dname) return false;
  }
  const bool has_rrset = message.find_answer(name, seen.type) != nullptr;
  return has_rrset == (seen.status == AnswerStatus::answer);
}

void Weigher::take_keys(ProvedAnswer& dnskey, std::vector<dns::Dnskey>& keys) {
  if (!dnskey.rrset) return;
  if (dnskey.rrset->rdata.size() > keys_per_zone_max) {
    dnskey.status = AnswerStatus::malformed;
    dnskey.rrset.reset();
    return;
  }
  for (const Bytes& rdata : dnskey.rrset->rdata) {
    if (auto key = dns::Dnskey::from_rdata(rdata)) keys.push_back(*std::move(key));
  }
}

void Weigher::weigh(const dns::Name& name, ProvedAnswer& answer, const dns::Message& message,
                    const std::vector<dns::Dnskey>& keys) {
  if (answer.rrset) {
    weigh_signatures(answer, *answer.rrset, keys);
  } else if (answer.status == AnswerStatus::nodata) {
    const auto denial = dns::find_denial(message, name, zone_);
    if (!denial) return;
    answer.denial_found = true;
    // RFC 4035 §5.4: neither the type nor a CNAME may be in the bitmap.
    answer.denial_contradicts =
        denial->types.has(answer.type) || denial->types.has(dns::RecordType::cname);
    weigh_signatures(answer, *denial->proof, keys);
  }
}

void Weigher::weigh_signatures(ProvedAnswer& answer, const dns::Rrset& rrset,
                               const std::vector<dns::Dnskey>& keys) {
  const std::size_t count = std::min(rrset.signatures.size(), signatures_per_rrset_max);
  answer.signatures.reserve(count);
  budget_.begin_rrset();
  bool is_spent = false;
  for (std::size_t i = 0; i < count; ++i) {
    answer.signatures.push_back(weigh_signature(rrset, rrset.signatures[i], keys, is_spent));
    is_spent = answer.signatures.back().status == dns::SignatureStatus::too_much_work;
  }
}

// Every key with the signature's tag and algorithm is tried (RFC 4035 §5.3.1: the tag is a hint).
// Where the budget is spent already, none: to hash the data each time would be work too.
ProvedSignature Weigher::weigh_signature(const dns::Rrset& rrset, const dns::Rrsig& signature,
                                         const std::vector<dns::Dnskey>& keys, bool is_spent) {
  using enum dns::SignatureStatus;
  ProvedSignature proved{is_spent ? too_much_work : wrong_key,
                         {},
                         signature.inception,
                         signature.expiration,
                         signature.key_tag};
  if (is_spent) return proved;
  for (const dns::Dnskey& key : keys) {
    if (key.algorithm != signature.algorithm || key.key_tag() != signature.key_tag) continue;
    proved.status = verifier_.verify(rrset, signature, key, zone_, now_, budget_);
    proved.key = key;
    if (proved.status == valid || proved.status == too_much_work) break;
  }
  return proved;
}

}  // namespace dskeeper::rules
