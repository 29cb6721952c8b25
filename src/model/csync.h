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
#include "model/delegation.h"
#include "model/finding.h"
#include "model/outcome.h"
#include "model/ruling.h"

namespace dskeeper {

// An edit of the NS set and its glue.
struct NameServersEdit {
  std::vector<NameServer> before;  // must still stand when it is applied
  std::vector<NameServer> after;
  bool operator==(const NameServersEdit&) const = default;
};

// The serials that one server showed: they never go back (RFC 7477 §3.1).
struct SeenSerials {
  ServerAddress server;
  dns::Serial zone;   // of its SOA
  dns::Serial csync;  // of its CSYNC record
  bool operator==(const SeenSerials&) const = default;
};

struct CsyncVerdict {
  Ruling ruling = Ruling::idle;
  // For `permit`, and for `incomplete` as far as it can be told: what would stand after. Sorted.
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
  std::vector<SeenSerials> serials;                     // the newest, server by server
  std::vector<Finding> findings;

  [[nodiscard]] bool empty() const { return *this == CsyncCase(); }
  bool operator==(const CsyncCase&) const = default;
};

}  // namespace dskeeper
