// The last step of every source: facts onto the delegations, then the snapshot.
//
// Internal to src/parent.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "parent/source.h"

namespace dskeeper::parent {

using SnapshotResult = Result<std::shared_ptr<const Snapshot>>;

using FactsFile = std::optional<std::filesystem::path>;

// `source.state` is that of the source alone, and must have been taken before it was read.
[[nodiscard]] SnapshotResult make_snapshot(std::string revision, PackedDelegations delegations,
                                           SourceFacts source, const FactsFile& facts);

// The state of the source together with that of its facts, which are a file of their own.
[[nodiscard]] Result<std::string> state_with_facts(std::string state, const FactsFile& facts);

// The state of a source that is one file.
[[nodiscard]] Result<std::string> state_of(const std::filesystem::path& file,
                                           const FactsFile& facts);

}  // namespace dskeeper::parent
