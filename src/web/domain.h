// What is known of one name, for its page and its JSON: what the public may see, and no more.
//
// A value. Who did what by hand, and who notified, is not in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "model/case.h"
#include "model/journal.h"
#include "store/store.h"
#include "web/chain.h"
#include "web/chain_memory.h"
#include "web/settings.h"

namespace dskeeper::web {

inline constexpr std::size_t log_entries_max = 100;

struct Domain {
  dns::Name name;
  dns::Name parent;
  std::string policy;
  // As the parent zone was last read: whether the delegation is secure; nothing where there is
  // none.
  std::optional<bool> is_secure;
  std::optional<Time> read_at;  // when that was; nothing before the first reading
  std::optional<Case> value;    // for_everybody(); none where nothing was ever asked
  std::vector<Event> log;       // looks and changes, newest first
  std::optional<Chain> chain;   // where evidence is kept

  [[nodiscard]] bool is_delegated() const { return is_secure.has_value(); }
  // Else the parent zone has been read, does not delegate it, and nothing is kept of it.
  [[nodiscard]] bool is_known() const { return is_delegated() || value || !read_at; }
};

// Without who decided by hand, and without what the registry's own systems said of a change: their
// paths, addresses and error messages are for staff.
[[nodiscard]] Case for_everybody(Case value);

[[nodiscard]] Result<Domain> read_domain(store::Store& store, ChainMemory& chains,
                                         const ParentZone& parent, const dns::Name& name);

// Where it stands, in one or two sentences.
[[nodiscard]] std::string standing_of(const Domain& domain);
// That of the DS set, or where nothing is asked of it that of CSYNC (RFC 7477).
[[nodiscard]] Outcome shown_outcome(const Case& value);
// What is asked for, in half a sentence: "a first DS set".
[[nodiscard]] std::string asked_by(const Case& value);

// How much of a hold is over.
struct HoldProgress {
  Time since;
  Time until;
  Duration left{};
  double share = 0;  // 0 to 1
};
[[nodiscard]] std::optional<HoldProgress> hold_of(const Case& value, Time now);

// "2 days 3 hours", "4 minutes", "less than a minute".
[[nodiscard]] std::string span_text(Duration span);

}  // namespace dskeeper::web
