// The last step of every source: facts onto the delegations, then the snapshot.
//
// Internal to src/parent.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "parent/source.h"

namespace dskeeper::parent {

using SnapshotResult = Result<std::shared_ptr<const Snapshot>>;

[[nodiscard]] SnapshotResult make_snapshot(const dns::Name& zone, std::string revision,
                                           std::vector<Delegation> delegations,
                                           const std::optional<std::filesystem::path>& facts);

}  // namespace dskeeper::parent
