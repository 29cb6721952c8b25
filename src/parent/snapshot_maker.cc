#include "parent/snapshot_maker.h"

#include <utility>

#include "parent/facts.h"
#include "parent/file_state.h"

namespace dskeeper::parent {

SnapshotResult make_snapshot(std::string revision, PackedDelegations delegations,
                             SourceFacts source, const FactsFile& facts) {
  auto state = state_with_facts(std::move(source.state), facts);
  if (!state) return pass_on(std::move(state));
  source.state = *std::move(state);
  if (facts) {
    auto applied = apply_facts(*facts, delegations);
    if (!applied) return pass_on(std::move(applied));
    source.warnings.insert(source.warnings.end(), applied->begin(), applied->end());
  }
  return std::make_shared<const Snapshot>(std::move(revision), std::move(delegations),
                                          std::move(source));
}

Result<std::string> state_with_facts(std::string state, const FactsFile& facts) {
  if (!facts) return state;
  const auto looked = look_at(*facts);
  if (!looked) return fail(looked.error().what, looked.error().where, looked.error().remedy);
  return state + " facts " + looked->text();
}

Result<std::string> state_of(const std::filesystem::path& file, const FactsFile& facts) {
  const auto looked = look_at(file);
  if (!looked) return fail(looked.error().what, looked.error().where, looked.error().remedy);
  return state_with_facts(looked->text(), facts);
}

}  // namespace dskeeper::parent
