// What a pass does otherwise where NOTIFYs are received (RFC 9859 §4.3).
#include "cli/pass.h"
#include "keeper/notified.h"
#include "keeper/schedule.h"

namespace dskeeper::cli {

bool Pass::is_spared(const dns::Name& child) const {
  if (!options_.spares_notified || policy_.notified_interval <= Duration::zero()) return false;
  const Time now = clock_.now();
  if (!keeper::may_leave_out(ledger_.find_case(child), policy_, now)) return false;
  const bool is_deep = options_.deep_since && keeper::needs_deep_look(child, policy_.deep_interval,
                                                                      *options_.deep_since, now);
  return !is_deep && !ledger_.open_change(child);
}

void Pass::note_notified(keeper::Step& step, const std::optional<Case>& before) const {
  const auto since = keeper::notified_since(before, step.next, options_.channel, clock_.now());
  if (since != step.next.notified_since) step.is_worth_storing = true;
  step.next.notified_since = since;
}

// Before what followed from it. What led to nothing is told of now and then, so that a flood does
// not fill the journal.
void Pass::tell_of_notice(keeper::Step& step, Time looked_at) {
  if (options_.notice == nullptr) return;
  const bool is_news = !step.events.empty();
  if (!options_.notice_journal->is_told(options_.notice->child, is_news, clock_.now())) return;
  step.events.insert(step.events.begin(),
                     notice_event(*options_.notice, step.next.parent, looked_at));
}

}  // namespace dskeeper::cli
