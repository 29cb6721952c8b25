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
#include "model/change.h"
#include "model/delegation.h"
#include "model/finding.h"
#include "model/verdict.h"

namespace dskeeper {

// The contract's words for where a child stands.
enum class Outcome : std::uint8_t { idle, in_sync, accept, hold, refuse, retry, suspended };
[[nodiscard]] std::string_view to_text(Outcome outcome);  // "in-sync"
[[nodiscard]] Result<Outcome> parse_outcome(std::string_view text);
// Nothing is asked, or what is asked stands.
[[nodiscard]] constexpr bool is_at_rest(Outcome outcome) {
  return outcome == Outcome::idle || outcome == Outcome::in_sync;
}

// Accept after delay (RFC 8078 §3.3): the same request, seen whole and valid again and again.
struct Hold {
  std::string request_id;
  Time since;  // the first counted look
  Time last_counted_at;
  LookId last_look;
  unsigned looks = 0;  // counted ones, the first included
  bool operator==(const Hold&) const = default;
};

// The schedule of RFC 9975 §3 for missing or contradicting answers.
struct Retry {
  unsigned attempts = 0;  // retries made since `since`, at most as many as the schedule has
  Time since;             // the first look that failed
  LookId last_look;
  std::vector<ServerAddress> silent;  // in the last look; where others were, the count restarts
  Time silent_since;
  unsigned silent_looks = 0;  // looks in a row in which exactly these were silent
  bool operator==(const Retry&) const = default;
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
  std::optional<Change> change;  // the latest; the outbox is its home, this is a copy to show

  bool operator==(const Case&) const = default;
};

}  // namespace dskeeper
