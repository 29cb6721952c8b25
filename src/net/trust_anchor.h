// The trust anchors of a file, as values: what libunbound validates from, for those who verify
// again.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "model/signal_survey.h"

namespace dskeeper::net {

// DS and DNSKEY records as zone files have them; keys become DS records by SHA-256. An empty path
// has none.
[[nodiscard]] Result<std::vector<TrustAnchor>> read_trust_anchors(
    const std::filesystem::path& path);

}  // namespace dskeeper::net
