// What was asked and not answered so that it counts (RFC 9975 §3), and whether that is mere
// silence.
#pragma once

#include <vector>

#include "rules/matter.h"

namespace dskeeper::rules::rfc9975 {

struct Missing {
  FindingList findings;
  std::vector<ServerAddress> silent;  // gave no answer at all, to no vantage point; sorted
  std::vector<bool> in_vantage;       // for each: is anything missing there …
  std::vector<bool> but_silence;      // … besides the answers of silent servers …
  std::vector<bool> but_unheard;      // … and those that were not asked for
  // Addresses that are not silent only because some vantage point did not ask them; sorted.
  std::vector<ServerAddress> passed_over;
};
[[nodiscard]] Missing find_missing(const Matter& matter);

}  // namespace dskeeper::rules::rfc9975
