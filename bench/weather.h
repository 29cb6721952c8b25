// What stands between a question and its answer: the round trip, lost answers, dead servers.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

#include "world.h"

namespace dskeeper::bench {

struct Weather {
  std::chrono::microseconds round_trip{};
  double loss = 0;        // share of the answers that are withheld, each drawn for itself
  double dead_share = 0;  // share of the server addresses that never say anything
};

// Dead servers are spread evenly over the operators' numbers, first and second name servers in
// turn, so that the share holds for large and small operators and the same ones are dead each time.
[[nodiscard]] bool is_dead(const Weather& weather, const ServerPlace& place);

// Draws which answers are lost; the same row of draws each time.
class Losses {
 public:
  explicit Losses(double share) : lost_(share) {}
  [[nodiscard]] bool draw() { return lost_(generator_); }

 private:
  std::mt19937_64 generator_{20261128};  // the same on every run, as it should be
  std::bernoulli_distribution lost_;
};

}  // namespace dskeeper::bench
