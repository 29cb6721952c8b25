// Does one server's answer show that nothing can happen? Then a timed look may end (RFC 9975 §3).
//
// Pure, and unvalidated: a status quo answer can only keep a change from being considered, never
// cause one (design.md, "The survey stops …").
#pragma once

#include "dns/rrset.h"
#include "model/delegation.h"
#include "model/survey.h"

namespace dskeeper::survey {

enum class StatusQuo : std::uint8_t {
  asks,            // something else than what stands, or we cannot tell
  confirmed,       // nothing is asked through either type
  this_type_only,  // nothing is asked through this type; the other must be asked too
  no_answer,       // nothing that counts as received
};

// `message` answers a question for CDS or CDNSKEY at the child's apex with `status`, one of
// `answer` and `nodata`.
[[nodiscard]] StatusQuo status_quo(const Delegation& delegation, dns::RecordType type,
                                   AnswerStatus status, const dns::Message& message);

// What an answer about the child's apex tells about a type that it was not asked for: NSEC and
// NSEC3 list those that are there.
enum class Listed : std::uint8_t { yes, no, untold };
[[nodiscard]] Listed is_listed(const dns::Name& child, dns::RecordType type,
                               const dns::Message& message);

}  // namespace dskeeper::survey
