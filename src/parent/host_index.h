// Which hosts inside a delegated name the zone itself or other delegations use, with their glue:
// what CSYNC may not change without a person, nor ever remove (RFC 7477 §3.2.2 leaves it to us).
//
// Made once for a reading; what it keeps grows with such hosts, not with the zone. Immutable.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "model/delegation.h"
#include "parent/packed_delegations.h"

namespace dskeeper::parent {

class HostIndex {
 public:
  HostIndex() = default;
  // The delegations must be sorted.
  explicit HostIndex(const PackedDelegations& delegations);

  // Of one delegation; sorted. Usually none.
  [[nodiscard]] const std::vector<NameServer>& lent_by(std::size_t index) const;

 private:
  void add(const PackedDelegations& delegations, const NameServer& server);

  std::unordered_map<std::size_t, std::vector<NameServer>> lent_;
};

}  // namespace dskeeper::parent
