// Which signals an operator shall publish for its zones (RFC 9615 §4.1), and what must change of
// those that it does publish.
//
// Pure. A zone's CDS and CDNSKEY records are copied, as they stand at its apex, to
// `_dsboot.<zone>._signal.<host>` for each of its NS hosts that is the operator's and lies outside
// the zone. What could not be read stays as it stands: an outage must not take signals away.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dns/rrset.h"

namespace dskeeper::child {

// What the operator's primary has of one of its zones.
struct ZoneReading {
  dns::Name zone;
  std::vector<dns::Name> hosts;  // its NS RRset
  std::vector<Bytes> cds;        // canonical sets, empty where there is none
  std::vector<Bytes> cdnskey;
  bool is_secured = false;  // the parent has its DS, so that the signals have done their work
};

// One zone that was to be read.
struct ReadZone {
  dns::Name zone;
  Result<ZoneReading> reading;
};

struct SignalOptions {
  std::vector<dns::Name> hosts;  // the operator's name servers
  dns::Ttl ttl{3600};
  bool removes_secured = false;  // RFC 9615 §4.1 lets signals go once the DS is there
  bool is_whole = true;          // the zones are all that the operator has: signals for others go
};

// RRsets without signatures, by owner and type.
using Signals = std::map<std::pair<dns::Name, dns::RecordType>, dns::Rrset>;
void add_signal(Signals& signals, const dns::Record& record);

// Something that a zone's operator should know.
struct Remark {
  enum class Kind : std::uint8_t {
    unread,           // the primary did not say what the zone has
    not_ours,         // none of its NS hosts is one of the operator's
    in_domain_only,   // all of its NS hosts are in-domain, and signals under those are ignored
    name_too_long,    // the signaling name would exceed 255 octets
    asks_for_removal  // what it publishes asks for no DS (RFC 8078 §4); there is nothing to signal
  };
  Kind kind{};
  dns::Name zone;
  std::string detail;

  [[nodiscard]] std::string text() const;  // a sentence
};

// How the zones fared; each is counted once.
struct SignalCounts {
  std::size_t signalled = 0;
  std::size_t without_request = 0;  // no CDS and no CDNSKEY
  std::size_t secured = 0;          // … whose signals are not needed any more
  std::size_t not_possible = 0;     // those with a remark
  std::size_t unread = 0;
};

// What shall stand below `_signal.<host>`, and how to get there.
struct HostPlan {
  dns::Name host;
  dns::Name domain;                // `_signal.<host>`
  Signals signals;                 // all that shall stand
  std::vector<dns::Rrset> put;     // of these, what is missing or stands otherwise
  std::vector<dns::Rrset> remove;  // what stands and shall not

  [[nodiscard]] bool is_as_it_should_be() const { return put.empty() && remove.empty(); }
};

struct SignalPlan {
  std::vector<HostPlan> hosts;  // as in the options
  std::vector<Remark> remarks;
  SignalCounts counts;
};

// `standing`: by host, what is there now; hosts that are not in it have nothing. Fails where a
// host's own signaling domain has no room in a name.
[[nodiscard]] Result<SignalPlan> plan_signals(std::span<const ReadZone> zones,
                                              const std::map<dns::Name, Signals>& standing,
                                              const SignalOptions& options);

// Is this the owner of a signal below the domain, whatever child it is for?
[[nodiscard]] bool is_signal_owner(const dns::Name& owner, const dns::Name& domain);

}  // namespace dskeeper::child
