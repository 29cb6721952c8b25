// A change on its way: queued → sent → confirmed, or failed with a reason. Pure.
//
// The caller writes what comes back before it acts on it: a change is `sent` in the store before it
// leaves, so that after a crash it is asked about instead of forgotten. Sending is safe to repeat.
// `events` are for the journal and empty where nothing is news.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/case.h"
#include "model/change.h"
#include "model/journal.h"
#include "model/sending.h"

namespace dskeeper::keeper {

struct Progress {
  Change change;
  std::vector<Event> events;
  bool judge_again = false;  // look at the child now: what was judged no longer holds
};

// About to be sent. The journal hears of it once it has left.
[[nodiscard]] Progress before_send(const Change& change, Time now);
// Not sent now, though it is due: another one has just shown that nobody is there.
[[nodiscard]] Progress put_off(const Change& change, std::string_view reason, Time now);
// `change` is what before_send() returned. Failed at once are what the parent will never take and
// what is no longer as judged; whatever may heal is sent again.
[[nodiscard]] Progress after_send(const Change& change, SendStatus status, std::string_view reason,
                                  Time now);
// After the parent was asked whether a sent change stands.
[[nodiscard]] Progress after_confirmation(const Change& change, Standing standing, Time now);
// Ended because the case says something else by now.
[[nodiscard]] Change superseded(const Change& change, Time now);
[[nodiscard]] Change withdrawn(const Change& change, std::string reason, Time now);

// Fresh before sent (design.md): older than ten minutes, or released by a person, it is surveyed
// and judged again first.
[[nodiscard]] bool needs_judging_again(const Change& change, Time now);
// When it may be sent (again): after 1 s, doubling to 5 minutes.
[[nodiscard]] Time next_sending_at(const Change& change);
// When the parent is asked (again) whether it stands: the longer it takes, the more rarely.
[[nodiscard]] Time next_asking_at(const Change& change, Time last_asked_at);

// The case with its copy of the change brought up to date, and with what follows from its end.
[[nodiscard]] Case with_change(Case value, const Change& change);
// Fresh before sent (design.md): does the case still say what the change rests on?
[[nodiscard]] bool is_still_decided(const std::optional<Case>& value, const Change& change);

[[nodiscard]] Event change_event(const Change& change, std::string summary, Time now);

}  // namespace dskeeper::keeper
