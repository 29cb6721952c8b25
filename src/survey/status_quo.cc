#include "survey/status_quo.h"

#include <algorithm>

#include "dns/denial.h"
#include "model/standing.h"

namespace dskeeper::survey {
namespace {

using dns::RecordType;

// Compact denial (RFC 9824 §2): the next name is the name itself behind one zero octet. Such a
// record is made up for the question, and what its bitmap leaves out may be there all the same.
bool is_compact(const dns::Rrset& proof, const dns::Name& apex) {
  if (proof.type != RecordType::nsec || proof.rdata.empty()) return false;
  const Bytes& rdata = proof.rdata.front();
  const ByteView name = apex.wire();
  return rdata.size() >= name.size() + 2 && rdata[0] == 1 && rdata[1] == 0 &&
         std::equal(name.begin(), name.end(), rdata.begin() + 2);
}

// A zone whose SOA comes without signature is not signed, or its server cannot say so. Nothing that
// is published in it can be validated, so that nothing can happen as long as this server answers.
bool is_unsigned(const dns::Message& message, const dns::Name& apex) {
  return std::any_of(
      message.authority.begin(), message.authority.end(), [&](const dns::Rrset& rrset) {
        return rrset.type == RecordType::soa && rrset.owner == apex && rrset.signatures.empty();
      });
}

StatusQuo of_nodata(const Delegation& delegation, RecordType type, const dns::Message& message) {
  const RecordType other = type == RecordType::cds ? RecordType::cdnskey : RecordType::cds;
  if (const auto denial = dns::find_apex_denial(message, delegation.child)) {
    if (denial->types.has(type)) return StatusQuo::asks;  // it contradicts itself
    const bool is_trusted =
        denial->proof != nullptr && !is_compact(*denial->proof, delegation.child);
    return is_trusted && !denial->types.has(other) ? StatusQuo::confirmed
                                                   : StatusQuo::this_type_only;
  }
  // Only an unsigned delegation may be believed to be an unsigned zone.
  const bool settles_it = !delegation.is_secure() && is_unsigned(message, delegation.child);
  return settles_it ? StatusQuo::confirmed : StatusQuo::this_type_only;
}

}  // namespace

Listed is_listed(const dns::Name& child, RecordType type, const dns::Message& message) {
  const auto denial = dns::find_apex_denial(message, child);
  if (!denial) return Listed::untold;
  if (denial->types.has(type)) return Listed::yes;
  return is_compact(*denial->proof, child) ? Listed::untold : Listed::no;
}

StatusQuo status_quo(const Delegation& delegation, RecordType type, AnswerStatus status,
                     const dns::Message& message) {
  if (status == AnswerStatus::nodata) return of_nodata(delegation, type, message);
  const dns::Rrset* const rrset = message.find_answer(delegation.child, type);
  if (status != AnswerStatus::answer || rrset == nullptr) return StatusQuo::asks;
  // One type that asks for what stands is enough: a change needs both to agree (RFC 9975 §3.1).
  if (delegation.is_secure()) {
    return names_standing_keys(delegation, *rrset) ? StatusQuo::confirmed : StatusQuo::asks;
  }
  return is_delete_sentinel(*rrset) ? StatusQuo::confirmed : StatusQuo::asks;
}

}  // namespace dskeeper::survey
