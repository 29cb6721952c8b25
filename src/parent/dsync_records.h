// Which DSYNC records a parent zone publishes (RFC 9859 §2, §3): where its children shall send
// their NOTIFY.
//
// Pure. One wildcard says it for all children, `*._dsync.<zone>`. A child whose registrar wants to
// be notified itself has records of its own, `<child>._dsync.<zone>`. A name that exists hides the
// wildcard from itself and from everything below it (RFC 4592 §2.2.1, §4.9), so that such a child
// has all types that the wildcard has, and names that come to exist above it get their own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "dns/dsync.h"
#include "dns/rrset.h"
#include "dns/update.h"

namespace dskeeper::parent {

struct DsyncEndpoint {
  dns::Name target;
  std::uint16_t port = 0;
  bool operator==(const DsyncEndpoint&) const = default;
};

// Somebody else who wants to be notified of one child.
struct DsyncException {
  dns::Name child;
  std::optional<dns::RecordType> type;  // none: of every type that the zone announces
  DsyncEndpoint endpoint;
};

struct DsyncOptions {
  dns::Name zone;
  DsyncEndpoint own;
  std::vector<dns::RecordType> types = {dns::RecordType::cds};
  bool is_catch_all = false;  // `_dsync.<zone>` instead of the wildcard; NOT RECOMMENDED (§3)
  dns::Ttl ttl{3600};
};

// In canonical order of the owners. Fails where an exception names no child of the zone, names one
// type of a child twice (§2: one record for each type and scheme), or has no room for its name.
[[nodiscard]] Result<std::vector<dns::Rrset>> dsync_records(
    const DsyncOptions& options, std::span<const DsyncException> exceptions);

// From what stands below `_dsync.<zone>` to what shall. Records of other schemes than NOTIFY, or
// for types that are neither wanted there nor CDS or CSYNC, are somebody else's and stay.
[[nodiscard]] dns::RrsetChanges dsync_changes(std::span<const dns::Rrset> wanted,
                                              std::span<const dns::Rrset> standing);

}  // namespace dskeeper::parent
