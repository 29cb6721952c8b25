// What a server's response is worth before any signature is looked at: one word out of
// AnswerStatus.
//
// Pure. The strictness is that of RFC 9975 as digested in standards.md §5.4: at an apex only an
// authoritative NOERROR counts as received; whatever else came is a reason to ask again.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/time.h"
#include "dns/rrset.h"
#include "model/survey.h"

namespace dskeeper::survey {

struct Classified {
  AnswerStatus status = AnswerStatus::malformed;
  std::optional<dns::Message> message;  // where it could be parsed
};

// The response in `wire` to `question` at the apex of a child.
[[nodiscard]] Classified classify(ByteView wire, const dns::Question& question, Time now);

// … at any name of `zone`: what the server knows as part of another zone is no answer of this one.
[[nodiscard]] Classified classify(ByteView wire, const dns::Question& question,
                                  const dns::Name& zone, Time now);

// The same for a message that is parsed already.
[[nodiscard]] AnswerStatus classify(const dns::Message& message, const dns::Question& question);
[[nodiscard]] AnswerStatus classify(const dns::Message& message, const dns::Question& question,
                                    const dns::Name& zone);

}  // namespace dskeeper::survey
