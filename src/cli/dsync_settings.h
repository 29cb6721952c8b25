// The section [parent.dsync]: its keys, and what follows from it for one parent zone.
#pragma once

#include <span>
#include <vector>

#include "cli/configuration.h"
#include "cli/key.h"
#include "parent/dsync_endpoints.h"
#include "parent/dsync_zone.h"

namespace dskeeper::cli {

[[nodiscard]] std::span<const Key<DsyncSettings>> dsync_keys();

// Checks what the keys say against each other and against the parent, whose sink is known.
[[nodiscard]] DsyncSettings complete_dsync(DsyncSettings settings, unsigned line,
                                           const ParentSettings& parent,
                                           const Configuration& configuration, FaultList& faults);

// What the `endpoints` file says; nothing where there is none. `parent.dsync` must be there, here
// and below.
[[nodiscard]] Result<parent::DsyncEndpoints> read_endpoints(const ParentSettings& parent);

// What shall stand; the snapshot is needed where the endpoints name sponsors, else it may be null.
[[nodiscard]] Result<std::vector<dns::Rrset>> wanted_dsync(const ParentSettings& parent,
                                                           const parent::DsyncEndpoints& endpoints,
                                                           const parent::Snapshot* snapshot);

// Whom to ask for what stands. Fails where nobody can be asked.
[[nodiscard]] Result<parent::DsyncZone> dsync_zone(const Configuration& configuration,
                                                   const ParentSettings& parent);

}  // namespace dskeeper::cli
