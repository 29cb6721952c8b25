#include "survey/classify.h"

#include <algorithm>

namespace dskeeper::survey {
namespace {

using dns::RecordType;

bool has_type(const std::vector<dns::Rrset>& section, RecordType type) {
  return std::any_of(section.begin(), section.end(),
                     [&](const dns::Rrset& rrset) { return rrset.type == type; });
}

// An apex has a SOA and can be no alias (RFC 1034 §3.6.2, RFC 6672 §2.4 below it).
bool is_alias(const dns::Message& message) {
  return has_type(message.answer, RecordType::cname) || has_type(message.answer, RecordType::dname);
}

// The SOA of a negative answer names the zone that it speaks for (RFC 2308 §3). Where that is not
// the child, the server knows the name as part of another zone, and nothing of the child's apex.
bool speaks_for_another_zone(const dns::Message& message, const dns::Name& zone) {
  return std::any_of(message.authority.begin(), message.authority.end(),
                     [&](const dns::Rrset& rrset) {
                       return rrset.type == RecordType::soa && rrset.owner != zone;
                     });
}

AnswerStatus classify_noerror(const dns::Message& message, const dns::Question& question,
                              const dns::Name& zone) {
  if (is_alias(message)) return AnswerStatus::malformed;
  const bool is_there = message.find_answer(question.name, question.type) != nullptr;
  if (!message.is_authoritative) {
    const bool is_referral = message.answer.empty() &&
                             has_type(message.authority, RecordType::ns) &&
                             !has_type(message.authority, RecordType::soa);
    return is_referral ? AnswerStatus::referral : AnswerStatus::not_authoritative;
  }
  if (is_there) return AnswerStatus::answer;
  if (speaks_for_another_zone(message, zone)) return AnswerStatus::not_authoritative;
  return AnswerStatus::nodata;
}

}  // namespace

AnswerStatus classify(const dns::Message& message, const dns::Question& question) {
  return classify(message, question, question.name);
}

AnswerStatus classify(const dns::Message& message, const dns::Question& question,
                      const dns::Name& zone) {
  if (!message.is_response || message.opcode != dns::Opcode::query) return AnswerStatus::malformed;
  if (message.question && *message.question != question) return AnswerStatus::malformed;
  if (message.is_truncated) return AnswerStatus::truncated;
  switch (message.rcode) {
    case dns::Rcode::noerror:
      // RFC 5452 §3: without its question nothing ties the response to what was asked.
      if (!message.question) return AnswerStatus::malformed;
      return classify_noerror(message, question, zone);
    case dns::Rcode::nxdomain:
      return AnswerStatus::nxdomain;
    case dns::Rcode::refused:
      return AnswerStatus::refused;
    case dns::Rcode::servfail:
      return AnswerStatus::servfail;
    default:
      return AnswerStatus::other_rcode;
  }
}

Classified classify(ByteView wire, const dns::Question& question, Time now) {
  return classify(wire, question, question.name, now);
}

Classified classify(ByteView wire, const dns::Question& question, const dns::Name& zone, Time now) {
  Classified classified;
  auto message = dns::parse_message(wire, now);
  if (!message) return classified;
  classified.message = *std::move(message);
  classified.status = classify(*classified.message, question, zone);
  return classified;
}

}  // namespace dskeeper::survey
