#include "cli/notified_names.h"

#include <functional>
#include <string>

#include "model/operator_name.h"

namespace dskeeper::cli {

notify::Standing NotifiedNames::find(const dns::Name& child) {
  using Kind = notify::Standing::Kind;
  KeptParent* const parent = parent_of(parents_, child);
  if (parent == nullptr) return {};
  const std::shared_ptr<const parent::Snapshot> snapshot = parent->snapshot();
  if (snapshot == nullptr) return {.kind = Kind::not_known_yet};
  const auto index = snapshot->index_of(child);
  if (!index) return {};
  Known& known = known_[parent];
  if (known.snapshot.lock() != snapshot || known.operators.size() >= remembered_max) {
    known = {snapshot, {}};
  }
  const auto [at, is_new] = known.operators.try_emplace(snapshot->operator_key(*index));
  if (is_new) at->second = std::hash<std::string>()(operator_of(snapshot->at(*index)));
  return {.kind = Kind::delegated, .operator_key = at->second};
}

}  // namespace dskeeper::cli
