#include "base/time.h"

namespace dskeeper {

Time SystemClock::now() const {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace dskeeper
