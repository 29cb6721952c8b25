// The journal: what happened to a delegation, in order, as a chain of hashes per parent zone.
//
// Transitions, counted looks, changes, reports, the operator's acts, the pruning of evidence and
// NOTIFYs that made us look are recorded; looks that found nothing to do are not (design.md,
// "Evidence").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "dns/name.h"

namespace dskeeper {

enum class EventKind : std::uint8_t { transition, look, change, report, act, prune, notify };
[[nodiscard]] std::string_view to_text(EventKind kind);
[[nodiscard]] Result<EventKind> parse_event_kind(std::string_view text);

// What made us look at a child (RFC 10026 §5.2).
enum class Channel : std::uint8_t {
  scan,    // a timed pass over all delegations
  named,   // a person named the child
  due,     // a hold, a retry or a waiting change was due
  notify,  // a NOTIFY named it (RFC 9859)
  signal,  // a signal for it was found in a signaling zone (RFC 9615 §4.3)
};
[[nodiscard]] std::string_view to_text(Channel channel);

struct Event {
  dns::Name parent;
  dns::Name child;
  Time at;
  EventKind kind{};
  std::string summary;  // one sentence for `history`
  std::string details;  // a JSON object with the facts

  // SHA-256 over the previous entry's hash and every field of this one.
  [[nodiscard]] Sha256 chained(const Sha256& previous) const;
};

// An event as the store holds it.
struct JournalEntry {
  std::uint64_t number = 0;  // 1, 2, 3, … per parent zone
  Event event;
  Sha256 hash{};
};

}  // namespace dskeeper
