#include "base/check.h"

#include <fmt/core.h>

#include <cstdlib>

namespace dskeeper {

void check_failed(const char* condition, const char* file, int line) {
  fmt::print(stderr, "dskeeper: {}:{}: the invariant does not hold: {}\n", file, line, condition);
  std::abort();
}

}  // namespace dskeeper
