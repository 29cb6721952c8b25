// What every server said in its CSYNC run, read once, as the rules of RFC 7477 look at it.
//
// Points into the matter and the proved answers, which must outlive it.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "dns/csync.h"
#include "model/delegation.h"
#include "rules/matter.h"

namespace dskeeper::rules {

// One server address from one vantage point.
struct CsyncSight {
  const Sight* sight = nullptr;
  const ProvedRun* run = nullptr;     // nullptr where that vantage point did not ask for CSYNC
  std::optional<dns::Csync> record;   // the one that it has, if it can be read
  bool has_records = false;           // it has CSYNC records, whatever they are
  std::vector<dns::Name> name_hosts;  // hosts of its NS answer; sorted

  [[nodiscard]] const ServerAddress& server() const { return sight->server->server; }
};

struct CsyncMatter {
  const Matter& matter;
  std::vector<CsyncSight> sights;  // in the order of the matter's
  bool is_published = false;       // some server has CSYNC records

  [[nodiscard]] bool is_in_domain(const dns::Name& host) const {
    return host.is_at_or_below(matter.delegation.child);
  }
  // Of a host that the parent has now: of this delegation, or lent to others.
  [[nodiscard]] const std::vector<IpAddress>* standing_glue(const dns::Name& host) const;
};

[[nodiscard]] CsyncMatter open_csync(const Matter& matter);

// One RRset that a CSYNC record points to.
struct CsyncDatum {
  dns::Name name;
  dns::RecordType type{};
  auto operator<=>(const CsyncDatum&) const = default;
};
// All that this server's record points to (RFC 7477 §3.2): NS at the apex; addresses of the hosts
// inside the child, out of the new NS set where NS is copied, too. Empty where there is no record.
[[nodiscard]] std::vector<CsyncDatum> data_of(const CsyncMatter& csync, const CsyncSight& sight);

}  // namespace dskeeper::rules
