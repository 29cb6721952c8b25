// Where a child's operator sends its NOTIFY: the discovery of RFC 9859 §4.1.
//
//   1. name := the child's first label, `_dsync`, the rest of its labels
//   2. look DSYNC up there; an answer with data ends the search
//   3. else the SOA of the denial names the zone that the parent's labels begin with
//      a. if there are labels between `_dsync` and that zone: `_dsync` right in front of it, go to
//      2 b. else if labels stand in front of `_dsync`: without them, go to 2 c. else there is no
//      target
// Every answer is validated. What is no answer (SERVFAIL, bogus, a denial without SOA) ends the
// search as a failure: it is no denial.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/dsync.h"
#include "net/resolver.h"

namespace dskeeper::child {

// Two more names follow from the first in any world that is in order.
inline constexpr std::size_t dsync_lookups_max = 3;

// A name to look up, and the parent zone that it supposes.
struct DsyncLookup {
  dns::Name name;
  dns::Name parent;
  bool operator==(const DsyncLookup&) const = default;
};
// Step 1. Fails for the root, which has no parent, and where the name would be too long.
[[nodiscard]] Result<DsyncLookup> first_lookup(const dns::Name& child);
// Step 3, after a denial whose SOA stands at `soa`: the next name, or none. Fails where the zone is
// none that the name lies in.
[[nodiscard]] Result<std::optional<DsyncLookup>> next_lookup(const dns::Name& child,
                                                             const DsyncLookup& denied,
                                                             const dns::Name& soa);
// The owner of the SOA in the authority section of a denial.
[[nodiscard]] std::optional<dns::Name> soa_owner(ByteView wire);

struct DiscoveryStep {
  dns::Name name;
  net::ResolutionStatus status{};
  bool is_validated = false;
};

struct Discovery {
  std::vector<DiscoveryStep> steps;  // at least one
  std::vector<dns::Dsync> records;   // of the last step, those that can be read; none: no target

  [[nodiscard]] bool is_secure() const {
    return steps.back().status == net::ResolutionStatus::secure;
  }
  // The one to use for this type (§2): scheme NOTIFY, a port, a target that is a host.
  [[nodiscard]] const dns::Dsync* find(dns::RecordType type) const;
};
[[nodiscard]] boost::asio::awaitable<Result<Discovery>> discover_dsync(net::Resolver& resolver,
                                                                       dns::Name child);

}  // namespace dskeeper::child
