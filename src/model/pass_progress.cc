#include "model/pass_progress.h"

#include <algorithm>

namespace dskeeper {
namespace {

double seconds_of(const PassProgress& progress) {
  constexpr double milliseconds = 1000;
  const Duration elapsed = std::max(progress.at - progress.started_at, Duration(1));
  return static_cast<double>(elapsed.count()) / milliseconds;
}

}  // namespace

double PassProgress::children_a_second() const {
  return static_cast<double>(done) / seconds_of(*this);
}

double PassProgress::questions_a_second() const {
  return static_cast<double>(questions) / seconds_of(*this);
}

std::optional<Duration> PassProgress::time_left() const {
  if (done == 0) return std::nullopt;
  const double left = static_cast<double>(total - std::min(done, total)) / children_a_second();
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(left));
}

}  // namespace dskeeper
