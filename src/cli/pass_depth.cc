// How deep a pass looks at each child.
#include <chrono>

#include "cli/pass.h"
#include "keeper/schedule.h"

namespace dskeeper::cli {
namespace {

// A child that publishes CDS all the time is asked for CSYNC as often.
constexpr Duration csync_interval = std::chrono::hours(24);

}  // namespace

bool Pass::must_be_full(const Delegation& delegation) const {
  if (options_.is_full || ledger_.open_change(delegation.child)) return true;
  if (ledger_.needs_full_look(delegation.child)) return true;
  return options_.deep_since && delegation.is_secure() &&
         keeper::needs_deep_look(delegation.child, policy_.deep_interval, *options_.deep_since,
                                 clock_.now());
}

// RFC 7477 leaves it to the parent how often it polls. Most answers tell by the way whether there
// is a CSYNC record; where none does, a question of its own at each pass would cost a seventh more.
survey::Depth Pass::depth_of(const Delegation& delegation) const {
  if (must_be_full(delegation)) {
    return options_.channel == Channel::notify ? survey::Depth::notified : survey::Depth::full;
  }
  const bool is_due =
      !options_.deep_since ||
      keeper::needs_deep_look(delegation.child, csync_interval, *options_.deep_since, clock_.now());
  if (is_due) return survey::Depth::timed_with_csync;
  const auto known = ledger_.find_case(delegation.child);
  const bool has_asked = known && !is_at_rest(known->csync.outcome);
  return has_asked ? survey::Depth::timed_with_csync : survey::Depth::timed;
}

}  // namespace dskeeper::cli
