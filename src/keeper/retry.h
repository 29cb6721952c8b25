// Asking again where answers are missing or contradict each other (RFC 9975 §3).
//
// The policy's schedule first; then, for maintenance, servers that stay silent may be left out;
// what is left is asked at the next pass or refused.
#pragma once

#include <optional>
#include <vector>

#include "keeper/facts.h"
#include "model/finding.h"

namespace dskeeper::keeper {

enum class AfterFailure {
  ask_again,    // at `ready_at`, or at the next pass where that is nothing
  give_up,      // refuse, until a look finds it mended
  drop_silent,  // go on without the silent servers: permitted
};

struct RetryStep {
  Retry retry;
  AfterFailure then = AfterFailure::ask_again;
  std::optional<Time> ready_at;
  std::optional<Finding> finding;  // server_dropped or retries_exhausted
};
// After a look whose ruling is incomplete or inconsistent. `request` is what is asked, also where
// nobody answered and it is known from before.
[[nodiscard]] RetryStep retry_after(const Facts& facts, Request request);

// Going on without silent servers makes what was said about them no obstacle any more.
void drop_silence(std::vector<Finding>& findings);

}  // namespace dskeeper::keeper
