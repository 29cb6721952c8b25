#include "model/csync_sentence.h"

#include <fmt/core.h>

namespace dskeeper {

bool has_csync(const Case& value) {
  return value.csync.outcome != Outcome::idle || !value.csync.findings.empty();
}

std::string csync_sentence(const CsyncCase& value) {
  switch (value.outcome) {
    case Outcome::idle:
      return "No other name servers or glue are asked for.";
    case Outcome::in_sync:
      return "The name servers and glue are as the child's CSYNC record asks.";
    case Outcome::accept:
      return "Other name servers or glue are accepted and are to be applied now.";
    case Outcome::hold:
      return "Other name servers or glue are acceptable and wait.";
    case Outcome::refuse:
      return "Other name servers or glue are asked for, which is refused.";
    case Outcome::retry:
      return value.ready_at
                 ? fmt::format(
                       "Whether name servers or glue may be changed is looked at again "
                       "at {}.",
                       format_time(*value.ready_at))
                 : "Whether name servers or glue may be changed is looked at again in the next "
                   "pass.";
    case Outcome::suspended:
      return "Automation of name servers and glue is off for this delegation.";
  }
  return {};
}

}  // namespace dskeeper
