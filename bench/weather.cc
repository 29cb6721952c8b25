#include "weather.h"

#include <cmath>

namespace dskeeper::bench {

bool is_dead(const Weather& weather, const ServerPlace& place) {
  const std::size_t server = (place.server + place.operator_index) % servers_per_operator;
  const auto number = static_cast<double>(place.operator_index * servers_per_operator + server);
  const auto dead_before = [&](double count) { return std::floor(count * weather.dead_share); };
  return dead_before(number + 1) > dead_before(number);
}

}  // namespace dskeeper::bench
