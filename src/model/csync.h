// What CSYNC makes of a delegation: the NS set and glue that would stand, and where that stands
// over time (RFC 7477 with RFC 9975 §3.2).
//
// Values. Beside the request for a DS set, and independent of it: a child may ask for both.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "dns/name.h"
#include "model/approval.h"
#include "model/delegation.h"
#include "model/finding.h"
#include "model/outcome.h"
#include "model/retry.h"
#include "model/ruling.h"

namespace dskeeper {

// An edit of the NS set and its glue.
struct NameServersEdit {
  std::vector<NameServer> before;  // must still stand when it is applied
  std::vector<NameServer> after;
  std::vector<NameServer> lent;  // Delegation::lent: the glue of these is never removed
  bool operator==(const NameServersEdit&) const = default;
};

// The same hosts, and the same glue of those inside the child: what CSYNC can change. Glue of other
// hosts is their own zones' affair (RFC 7477 §3.2.2).
[[nodiscard]] bool is_same_to_csync(const dns::Name& child, const std::vector<NameServer>& a,
                                    const std::vector<NameServer>& b);

// The serials that one server showed: they never go back (RFC 7477 §3.1).
struct SeenSerials {
  ServerAddress server;
  dns::Serial zone;  // of its SOA
  // Of its CSYNC record, with the flag soaminimum; without it the field has no meaning (RFC 7477
  // §2.1.1.1).
  std::optional<dns::Serial> csync;
  bool operator==(const SeenSerials&) const = default;
};

struct CsyncVerdict {
  Ruling ruling = Ruling::idle;
  // For `permit`, and for `incomplete` where only silence is in the way: what would stand after.
  // Sorted.
  std::vector<NameServer> name_servers;
  bool is_immediate = false;          // else a person must approve (RFC 7477 §3)
  std::vector<SeenSerials> serials;   // validated; one for each server, sorted
  std::vector<std::string> vantages;  // that saw all of it, whole and valid
  bool only_silence_missing = false;  // incomplete, yet permitted without the silent servers
  std::vector<Finding> findings;      // worst first
  bool operator==(const CsyncVerdict&) const = default;
};

// SHA-256 over the child and what would stand, in hexadecimal: what an approval is bound to.
[[nodiscard]] std::string csync_request_id(const dns::Name& child,
                                           const std::vector<NameServer>& name_servers);

// CSYNC at one delegation over time; part of its case.
struct CsyncCase {
  Outcome outcome = Outcome::idle;
  std::optional<Time> ready_at;
  std::string request_id;                               // empty where nothing is asked
  std::optional<std::vector<NameServer>> name_servers;  // would stand: for accept and hold only
  // When this request was first seen whole and valid: it waits for a person no longer than the
  // policy lets approvals live.
  std::optional<Time> since;
  std::optional<Approval> approval;
  std::optional<Retry> retry;
  std::vector<SeenSerials> serials;  // the newest, server by server
  std::vector<Finding> findings;

  [[nodiscard]] bool empty() const { return *this == CsyncCase(); }
  bool operator==(const CsyncCase&) const = default;
};

}  // namespace dskeeper
