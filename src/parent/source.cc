#include "parent/source.h"

#include <algorithm>
#include <utility>

namespace dskeeper::parent {

Snapshot::Snapshot(dns::Name zone, std::string revision, std::vector<Delegation> delegations,
                   SourceFacts facts)
    : zone_(std::move(zone)),
      revision_(std::move(revision)),
      delegations_(std::move(delegations)),
      facts_(std::move(facts)) {
  std::sort(delegations_.begin(), delegations_.end(),
            [](const Delegation& a, const Delegation& b) { return a.child < b.child; });
}

const Delegation* Snapshot::find(const dns::Name& child) const {
  const auto found = std::lower_bound(
      delegations_.begin(), delegations_.end(), child,
      [](const Delegation& delegation, const dns::Name& name) { return delegation.child < name; });
  return found != delegations_.end() && found->child == child ? &*found : nullptr;
}

}  // namespace dskeeper::parent
