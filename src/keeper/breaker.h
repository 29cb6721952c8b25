// The breaker: too many changes of one kind in a day stop that kind until a person resumes it
// (design.md, "The breaker"). Pure.
//
// Counted are children, not changes, so that one child that asks back and forth trips nothing.
// First DS are paced, never tripped; a change of the TTL alone is neither counted nor stopped.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "dns/name.h"
#include "model/act.h"
#include "model/breaker.h"
#include "model/case.h"
#include "model/change.h"
#include "model/finding.h"
#include "model/journal.h"
#include "model/policy.h"

namespace dskeeper::keeper {

// The children for which a change was queued within a day, by kind and operator. A value, made
// anew from the outbox after a restart.
class DayOfChanges {
 public:
  // Changes are added in the order in which they were queued.
  void add(const Change& change);
  // What is older than a day counts no more.
  void forget_old(Time now);
  // What was queued before a breaker was resumed counts no more.
  void forget(const Breaker& resumed);

  [[nodiscard]] std::size_t count(Request kind) const;
  [[nodiscard]] std::size_t count(Request kind, const std::string& operator_name) const;
  // Of all with a name the one with the most; nothing where there is none.
  [[nodiscard]] std::optional<std::string> busiest(Request kind,
                                                   std::span<const Breaker> without) const;

 private:
  using Key = std::pair<Request, dns::Name>;
  struct Entry {
    Time at;
    std::string operator_name;
  };
  void remove(std::map<Key, Entry>::const_iterator entry);

  std::map<Key, Entry> latest_;
  std::deque<std::pair<Time, Key>> order_;
  std::array<std::size_t, 4> totals_{};
  std::map<std::pair<Request, std::string>, std::size_t> by_operator_;
};

// The secure delegations that the shares are of.
struct SecureCounts {
  std::size_t zone = 0;
  std::size_t of_operator = 0;  // of the change's operator
};

// `day` has `change` in it already. The breaker that trips by it, to be written with it.
[[nodiscard]] std::optional<Breaker> find_trip(const DayOfChanges& day,
                                               std::span<const Breaker> breakers,
                                               const Change& change, const SecureCounts& secure,
                                               const Policy& policy);

// The open breaker for which a queued change must wait; nullptr where it may go. Those queued
// before it tripped stand.
[[nodiscard]] const Breaker* find_stop(std::span<const Breaker> breakers, const Change& change);

// How many first DS may still be sent today; the others wait their turn. `changes` are those of the
// zone that were sent within the last day, at least.
[[nodiscard]] std::size_t first_ds_left(std::span<const Change> changes, std::size_t secure,
                                        const Policy& policy, Time now);

// The case with or without the finding that its change waits.
[[nodiscard]] Case with_breaker(Case value, const Breaker* stop);

struct BreakersResumed {
  std::vector<Breaker> breakers;  // those that were open and are to be written
  std::vector<Event> events;      // of kind `act`, for the parent itself; never none
};
// `resume --breaker`.
[[nodiscard]] BreakersResumed obey_breaker_act(const Act& act, std::span<const Breaker> breakers,
                                               Time now);
// For the journal, when one trips.
[[nodiscard]] Event trip_event(const Breaker& breaker);

}  // namespace dskeeper::keeper
