// NOTIFY for CDS and CSYNC on the wire, as who sends it sees it (RFC 9859 §4, RFC 1996 §3).
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "dns/rrset.h"

namespace dskeeper::child {

// The form of RFC 1996 with the child's apex and the type as the question. `agent` wants to hear
// what goes wrong: the Report-Channel option of RFC 9567 §5, in an OPT record.
[[nodiscard]] Bytes make_notify(std::uint16_t id, const dns::Question& question,
                                const std::optional<dns::Name>& agent);

// What a datagram from the target says to the NOTIFY with this ID; nothing where it is none of its
// answers (RFC 1996 §3.6).
[[nodiscard]] std::optional<dns::Rcode> read_notify_answer(ByteView wire, std::uint16_t id,
                                                           const dns::Question& question);

}  // namespace dskeeper::child
