// How often each client, or each name, has asked: a rate with a burst, in bounded room.
//
// One moment of state for each (generic cell rate algorithm). Addresses cannot be forged over TCP,
// so that a table does; where it is full of those who have asked lately, all others share one
// entry. A value with time passed in.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/ip_address.h"
#include "base/time.h"

namespace dskeeper::http {

struct Rate {
  unsigned count = 1;  // so many …
  Duration per = std::chrono::seconds(1);
  unsigned burst = 1;  // … and so many at once
};

class RateMeter {
 public:
  static constexpr std::size_t entries_max = 65'536;

  explicit RateMeter(const Rate& rate);

  // Counts one more. Where it is one too many nothing is counted, and the result is how long it
  // takes until another one is not.
  [[nodiscard]] std::optional<Duration> take(const std::string& key, Time now);
  [[nodiscard]] std::size_t entries() const { return used_until_.size(); }

 private:
  using Microseconds = std::chrono::microseconds;
  using Moment = std::chrono::sys_time<Microseconds>;
  [[nodiscard]] Moment& entry_of(const std::string& key, Time now);
  void forget_idle(Time now);

  Microseconds interval_;
  Microseconds tolerance_;
  std::unordered_map<std::string, Moment> used_until_;
  Moment shared_{};
  Time forget_at_{};
};

// Whoever has an IPv6 address has its neighbours: a client is a /64 there, one address in IPv4.
[[nodiscard]] std::string client_key(const IpAddress& address);

}  // namespace dskeeper::http
