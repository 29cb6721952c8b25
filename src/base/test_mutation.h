// Damage for the robustness tests of all parsers: the same on every run, so that a failing case can
// be looked at. Include from tests only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace dskeeper {

class Mutation {
 public:
  explicit Mutation(std::uint32_t seed) : generator_(seed) {}

  // Uniform, less than `bound`; 0 where that is 0.
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : generator_() % bound; }

  // One to four octets changed, left out, doubled or put in, or the end cut off.
  Bytes damage(Bytes octets) {
    for (std::size_t times = 1 + below(4); times > 0; --times) damage_once(octets);
    return octets;
  }
  std::string damage(std::string_view text) {
    const ByteView octets = as_bytes(text);
    const Bytes damaged = damage(Bytes(octets.begin(), octets.end()));
    return {damaged.begin(), damaged.end()};
  }

 private:
  // Values at which decoders err more often than elsewhere; and what means something in texts.
  std::uint8_t telling_octet() {
    static constexpr std::string_view telling =
        std::string_view("\0\1\x3F\x40\x7F\x80\xBF\xC0\xC0\x0C\xFF \t\r\n\"\\()@;,.$0", 25);
    const std::size_t at = below(telling.size() * 2);
    if (at < telling.size()) return static_cast<std::uint8_t>(telling[at]);
    return static_cast<std::uint8_t>(generator_() & 0xFFU);
  }

  void damage_once(Bytes& octets) {
    const auto at = static_cast<std::ptrdiff_t>(below(octets.size()));
    const auto place = octets.begin() + at;
    switch (below(5)) {
      case 0:
        octets.insert(place, telling_octet());
        break;
      case 1:
        if (!octets.empty()) octets.erase(place);
        break;
      case 2:
        if (below(4) == 0) octets.resize(static_cast<std::size_t>(at));
        break;
      case 3: {
        const std::size_t count = below(octets.size() - static_cast<std::size_t>(at));
        const Bytes doubled(place, place + static_cast<std::ptrdiff_t>(count % 64));
        octets.insert(octets.begin() + at, doubled.begin(), doubled.end());
        break;
      }
      default:
        if (!octets.empty()) *place = telling_octet();
    }
  }

  std::mt19937 generator_;
};

}  // namespace dskeeper
