// Things that wait for their time, at most as long as a round trip.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace dskeeper::bench {

using Moment = std::chrono::steady_clock::time_point;

template <typename T>
class DelayLine {
 public:
  void put(Moment due, T thing) {
    waiting_.push_back({due, next_++, std::move(thing)});
    std::push_heap(waiting_.begin(), waiting_.end(), is_later);
  }
  [[nodiscard]] std::optional<Moment> next_due() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().due);
  }
  // In the order in which they became due, those of one moment in which they came.
  [[nodiscard]] std::optional<T> take(Moment now) {
    if (waiting_.empty() || waiting_.front().due > now) return std::nullopt;
    std::pop_heap(waiting_.begin(), waiting_.end(), is_later);
    std::optional<T> thing(std::move(waiting_.back().thing));
    waiting_.pop_back();
    return thing;
  }

 private:
  struct Waiting {
    Moment due;
    std::uint64_t number = 0;
    T thing;
  };
  static bool is_later(const Waiting& one, const Waiting& other) {
    return std::pair(one.due, one.number) > std::pair(other.due, other.number);
  }

  std::vector<Waiting> waiting_;
  std::uint64_t next_ = 0;
};

}  // namespace dskeeper::bench
