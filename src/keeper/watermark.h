// The replay watermark: older versions of a request must not overwrite newer ones (RFC 7344 §6.2).
#pragma once

#include <optional>

#include "keeper/facts.h"
#include "model/finding.h"

namespace dskeeper::keeper {

// The newest inception of any validated CDS, CDNSKEY or denial at the apex, accepted or not. A look
// that ended early moves nothing.
[[nodiscard]] std::optional<Time> next_watermark(const std::optional<Time>& standing,
                                                 const Verdict& verdict);

// The finding `replayed` where the request was signed before the watermark. A first DS has no
// signature that would count.
[[nodiscard]] std::optional<Finding> find_replay(const std::optional<Time>& standing,
                                                 const Verdict& verdict);

}  // namespace dskeeper::keeper
