// Moments and spans of time, and how they are written.
//
// All moments are UTC. Whoever needs to know the present gets a Clock passed in; the system's clock
// is read in system_clock.cc and nowhere else.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dskeeper {

using Duration = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Duration>;

// RFC 3339 in UTC, whole seconds: "2026-11-24T03:00:00Z".
[[nodiscard]] std::string format_time(Time time);
[[nodiscard]] Result<Time> parse_time(std::string_view text);

// "500ms", "5s", "10m", "72h", "3d", "10y" (years of 365 days): one number and one unit, as in the
// configuration; at most a thousand years.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);
// The largest unit that divides it: 259200000 ms is "3d", 90 s is "90s".
[[nodiscard]] std::string format_duration(Duration duration);

// The present moment. Implementations may be called from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override;
};

// A clock that stands where it is put, for tests and replays.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(Time time) : time_(time) {}
  [[nodiscard]] Time now() const override { return time_; }
  void set(Time time) { time_ = time; }
  void advance(Duration duration) { time_ += duration; }

 private:
  Time time_;
};

}  // namespace dskeeper
