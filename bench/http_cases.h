// The cases of bench/http: as many as asked for below "test.", so that `dskeeper scan` over the
// population, which is below "example.", can work on the same store.
//
// Of a hundred one is refused and one waits, the others are in step. One in ten has evidence, of
// two servers with signed answers, and a past of a dozen looks. Data, no effects.
#pragma once

#include <cstddef>

#include "dns/name.h"
#include "store/store.h"

namespace dskeeper::bench {

inline constexpr std::size_t http_operators = 5'000;

[[nodiscard]] dns::Name http_zone();
// What commits the cases from one to before another.
[[nodiscard]] store::Batch http_cases(std::size_t begin, std::size_t end);

}  // namespace dskeeper::bench
