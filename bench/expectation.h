// What a first scan must find out about a child, from what its servers were asked and answered.
//
// The rules of dskeeper in a few lines, written down a second time: bench_test holds them against
// rules and keeper for everything that can be heard, and a scan is held against them.
#pragma once

#include "model/case.h"
#include "tally.h"

namespace dskeeper::bench {

[[nodiscard]] Outcome expected_outcome(Kind kind, const Heard& heard);

}  // namespace dskeeper::bench
