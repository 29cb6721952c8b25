// A case: one delegation over time. What `status` shows and what survives a restart.
//
// A value; keeper/advance.h alone decides how one follows from another.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "dns/name.h"
#include "dns/records.h"
#include "model/approval.h"
#include "model/change.h"
#include "model/csync.h"
#include "model/delegation.h"
#include "model/finding.h"
#include "model/outcome.h"
#include "model/retry.h"
#include "model/verdict.h"

namespace dskeeper {

// Accept after delay (RFC 8078 §3.3): the same request, seen whole and valid again and again.
struct Hold {
  std::string request_id;
  Time since;  // the first counted look
  Time last_counted_at;
  LookId last_look;
  unsigned looks = 0;  // counted ones, the first included
  bool operator==(const Hold&) const = default;
};

enum class SuspensionKind : std::uint8_t {
  automatic,    // the DS set was removed out of band; ended by any DS (RFC 10026 §7.1.3)
  by_operator,  // ended only by `resume`
};
[[nodiscard]] std::string_view to_text(SuspensionKind kind);
[[nodiscard]] Result<SuspensionKind> parse_suspension_kind(std::string_view text);
struct Suspension {
  SuspensionKind kind = SuspensionKind::automatic;
  Time since;
  std::string reason;  // half a sentence, to follow "because"
  bool operator==(const Suspension&) const = default;
};

// A delete of ours that ended without anybody knowing whether it was applied: a DS set that then
// vanishes was not removed out of band (RFC 10026 §7.1.3).
struct LostRemoval {
  dns::DsSet before;
  Time sent_at;
  bool operator==(const LostRemoval&) const = default;
};

// The DS TTL is low until caches have lost the old set (RFC 10026 §4.1.2).
struct LoweredTtl {
  Time since;  // when the set with the low TTL was confirmed
  dns::Ttl low;
  dns::Ttl normal;  // to be restored
  bool operator==(const LoweredTtl&) const = default;
};

// What was told of a condition to one audience.
struct ReportsSent {
  unsigned count = 0;
  Time last_at;
  bool operator==(const ReportsSent&) const = default;
};
// Something wrong that is reported (RFC 10026 §5.1). It outlives its end for a while, so that what
// comes and goes is not reported anew each time.
struct Condition {
  FindingCode code{};
  Time since;
  std::optional<Time> ended_at;
  ReportsSent technical;   // the child's operator, the technical contact, the registrar
  ReportsSent registrant;  // only after days
  bool operator==(const Condition&) const = default;
};

struct Case {
  dns::Name child;
  dns::Name parent;
  Time at;  // of the last look that counted
  std::string policy;
  Delegation delegation;  // as it was at that look
  Request request = Request::none;
  Outcome outcome = Outcome::idle;
  std::optional<Time> ready_at;
  std::optional<dns::DsSet> ds;  // the set that would stand: for accept and hold only
  std::string request_id;        // of what is asked now; empty where nothing is
  std::optional<Time> first_valid_at;
  std::optional<Time> last_valid_at;
  std::vector<Finding> findings;

  std::optional<Hold> hold;
  std::optional<Retry> retry;
  Inceptions watermark;  // newest inception of any validated RRset or denial, type by type
  std::optional<Suspension> suspension;
  std::optional<LostRemoval> lost_removal;
  std::optional<LoweredTtl> lowered_ttl;
  std::optional<Approval> approval;
  // Its operator notifies (RFC 9859 §4.3): one has revealed a change, and no pass since has found
  // what none announced.
  std::optional<Time> notified_since;
  std::optional<Time> absent_since;   // the parent does not delegate the name any more
  std::vector<Condition> conditions;  // bounded; keeper/reports.h
  CsyncCase csync;                    // the other request that a child may make
  std::optional<Change> change;       // the latest; the outbox is its home, this is a copy to show

  bool operator==(const Case&) const = default;
};

}  // namespace dskeeper
