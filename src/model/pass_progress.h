// How far a pass over a parent zone is: for the line on a terminal, `status` and whoever counts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"
#include "dns/name.h"

namespace dskeeper {

struct PassProgress {
  dns::Name parent;
  Time started_at;
  Time at;                      // when it was so
  std::uint64_t done = 0;       // children whose look has ended
  std::uint64_t total = 0;      // children
  std::uint64_t questions = 0;  // to the children's servers
  // Of those judged so far, by the contract's words. Looks with silent servers wait up to a minute
  // for their judgement, so that these may be fewer than `done`.
  std::map<std::string, std::uint64_t> outcomes;

  // Over the pass so far.
  [[nodiscard]] double children_a_second() const;
  [[nodiscard]] double questions_a_second() const;
  // At that pace; nothing before the first child.
  [[nodiscard]] std::optional<Duration> time_left() const;

  bool operator==(const PassProgress&) const = default;
};

}  // namespace dskeeper
