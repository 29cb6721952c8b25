#include "parent/snapshot_maker.h"

#include <utility>

#include "parent/facts.h"

namespace dskeeper::parent {

SnapshotResult make_snapshot(const dns::Name& zone, std::string revision,
                             std::vector<Delegation> delegations,
                             const std::optional<std::filesystem::path>& facts) {
  std::vector<std::string> warnings;
  if (facts) {
    auto applied = apply_facts(*facts, zone, delegations);
    if (!applied) return pass_on(std::move(applied));
    warnings = *std::move(applied);
  }
  return std::make_shared<const Snapshot>(zone, std::move(revision), std::move(delegations),
                                          std::move(warnings));
}

}  // namespace dskeeper::parent
