// One report of a failed check to the agent that a NOTIFY named (RFC 9859 §4.3, RFC 9567): a
// question whose name says everything.
//
//   _er.<type>.<child>.<extended DNS error>._er.<agent>   TXT
//
// Pure. Whoever could have us ask any name would have a weapon: the agent must be one of the name
// servers in the parent's delegation or below one, and outside the child (model/report_agent.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "dns/name.h"
#include "dns/types.h"
#include "model/finding.h"

namespace dskeeper::report {

struct ErrorReport {
  dns::Name child;
  dns::RecordType type{};  // that the NOTIFY was for: CDS or CSYNC (RFC 9859 §4.2.1)
  int extended_error = 0;  // RFC 8914
  dns::Name agent;
  bool operator==(const ErrorReport&) const = default;

  // Fails where the name would be longer than 255 octets: then nothing is sent (RFC 9567 §6.1.1).
  [[nodiscard]] Result<dns::Name> name() const;
};

// What is to be reported of these findings about the child to this agent; nothing where none has a
// code that is due, or where the agent may not be asked. `hosts` are those of the parent's
// delegation as it is now.
struct Told {
  FindingCode code{};
  ErrorReport report;
};
[[nodiscard]] std::optional<Told> report_of(const dns::Name& child,
                                            std::span<const Finding> findings,
                                            std::span<const FindingCode> due, dns::RecordType type,
                                            const dns::Name& agent,
                                            std::span<const dns::Name> hosts);

}  // namespace dskeeper::report
