#include "parent/snapshot.h"

#include <utility>

namespace dskeeper::parent {
namespace {

PackedDelegations pack(dns::Name zone, const std::vector<Delegation>& delegations) {
  PackedDelegations packed(std::move(zone));
  for (const Delegation& delegation : delegations) packed.append(delegation);
  packed.sort();
  return packed;
}

}  // namespace

Snapshot::Snapshot(std::string revision, PackedDelegations delegations, SourceFacts facts)
    : revision_(std::move(revision)),
      delegations_(std::move(delegations)),
      hosts_(delegations_),
      facts_(std::move(facts)) {
  delegations_.close();
}

Snapshot::Snapshot(dns::Name zone, std::string revision, const std::vector<Delegation>& delegations,
                   SourceFacts facts)
    : Snapshot(std::move(revision), pack(std::move(zone), delegations), std::move(facts)) {}

Delegation Snapshot::at(std::size_t index) const {
  Delegation delegation = delegations_.at(index);
  delegation.revision = revision_;
  delegation.lent = hosts_.lent_by(index);
  return delegation;
}

std::optional<Delegation> Snapshot::find(const dns::Name& child) const {
  const auto index = index_of(child);
  return index ? std::optional(at(*index)) : std::nullopt;
}

}  // namespace dskeeper::parent
