// Where a name server's operator signals for a child (RFC 9615 §2, §4.1), for both sides: the
// child's, which publishes there, and the parent's, which asks there.
#pragma once

#include <optional>

#include "base/result.h"
#include "dns/name.h"

namespace dskeeper {

// `_signal.` in front of the host: below it lie all signals of that name server.
[[nodiscard]] Result<dns::Name> signaling_domain(const dns::Name& host);

// `_dsboot.<child>._signal.<host>`. Fails where that would be longer than 255 octets: then there is
// no way to signal for this child under this name server (RFC 9615 §4.4).
[[nodiscard]] Result<dns::Name> signaling_name(const dns::Name& child, const dns::Name& host);

// The child that a name below the signaling domain `domain` is for; nothing where it is for none.
[[nodiscard]] std::optional<dns::Name> signalled_child(const dns::Name& owner,
                                                       const dns::Name& domain);

// Signals count only under hosts outside the child, whose names do not depend on it (RFC 9615
// §4.2).
[[nodiscard]] inline bool can_signal(const dns::Name& child, const dns::Name& host) {
  return !host.is_at_or_below(child);
}

}  // namespace dskeeper
