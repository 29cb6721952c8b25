// Accept after delay (RFC 8078 §3.3): a first DS that nothing vouches for but that it stays.
//
// A hold cannot be tricked (design.md): it counts whole, valid looks that agree, at least a minimal
// and at most a maximal gap apart; it starts anew on any other answer, any change of the delegation
// and any longer gap; it ends with a look at or after its end.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "model/case.h"
#include "model/policy.h"
#include "model/verdict.h"

namespace dskeeper::keeper {

// Between counted looks.
struct HoldGaps {
  Duration min{};      // an earlier look does not count
  Duration max{};      // a later one restarts the hold
  Duration planned{};  // when the next look is best made
};
[[nodiscard]] HoldGaps hold_gaps(const Policy& policy);

struct HoldStep {
  Hold hold;
  bool is_counted = false;
  bool is_over = false;           // the request may be accepted
  std::string restarted_because;  // empty where it goes on, or is the first
};
// After a look that permits the request.
[[nodiscard]] HoldStep go_on(const std::optional<Hold>& before, const Verdict& verdict,
                             const Policy& policy, Time now);

// After a look that does not: it stays only where the look failed by silence or for other missing
// answers, and nobody who did answer asks for anything else.
[[nodiscard]] bool survives(const Hold& hold, const Verdict& verdict);

// The earliest moment at which a look can end it.
[[nodiscard]] Time earliest_end(const Hold& hold, const Policy& policy);

}  // namespace dskeeper::keeper
