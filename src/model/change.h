// A change: an edit of the parent zone that was decided, on its way through the outbox.
//
// queued → sent → confirmed, or failed with a reason. At most one is open for a delegation
// (design.md, "Fresh before sent").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "dns/name.h"
#include "dns/records.h"
#include "model/csync.h"
#include "model/verdict.h"

namespace dskeeper {

enum class ChangeState : std::uint8_t { queued, sent, confirmed, failed };
[[nodiscard]] std::string_view to_text(ChangeState state);
[[nodiscard]] Result<ChangeState> parse_change_state(std::string_view text);

struct Change {
  std::string id;  // stable over every repetition of the sending; given by the keeper
  dns::Name child;
  dns::Name parent;
  Request request = Request::update;
  dns::DsSet before;  // must still be the delegation's DS set when it is applied
  dns::DsSet after;
  dns::Ttl ttl;                         // of the new set
  std::optional<dns::Ttl> restore_ttl;  // `ttl` is low for a while; to be restored to this later
  std::vector<dns::Name> hosts;         // must still be the delegation's NS set when it is applied
  // Name servers and glue by CSYNC; then the DS set stays as it is.
  std::optional<NameServersEdit> name_servers;
  std::string request_id;
  std::string revision;  // of the source that it was judged against
  ChangeState state = ChangeState::queued;
  Time queued_at;
  Time judged_at;                // when the survey it rests on was judged
  std::optional<Time> sent_at;   // the last sending
  std::optional<Time> taken_at;  // the parent said that it took it; it is not yet confirmed
  bool is_uncertain = false;     // a sending got no answer: it may have been applied unnoticed
  std::optional<Time> ended_at;  // confirmed or failed
  bool is_released = false;      // a person let it go on: it is looked at again before it leaves
  bool is_shown = false;         // the source has shown it since; later it proves nothing more
  unsigned attempts = 0;
  std::string reason;  // why it failed or waits, one sentence

  [[nodiscard]] bool is_open() const {
    return state == ChangeState::queued || state == ChangeState::sent;
  }
  // Nothing but the TTL of the standing set is changed (RFC 10026 §4.1.2).
  [[nodiscard]] bool is_ttl_only() const { return before == after && !name_servers; }
  // It may stand in the parent zone now, whatever its state says.
  [[nodiscard]] bool may_have_been_applied() const {
    return state == ChangeState::sent || state == ChangeState::confirmed || is_uncertain ||
           taken_at.has_value();
  }
  // Is this what the parent should have after it? An unknown TTL (0) is no objection, and only
  // where it is all that changes does another one count: parents may have limits of their own.
  // Says nothing of name servers.
  [[nodiscard]] bool is_met_by(const dns::DsSet& set, dns::Ttl set_ttl) const {
    return set == after && (!is_ttl_only() || set_ttl.seconds == 0 || set_ttl == ttl);
  }
  // When it last changed its state.
  [[nodiscard]] Time at() const;
  bool operator==(const Change&) const = default;
};

}  // namespace dskeeper
