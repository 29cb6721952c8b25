// What the responder does with one question: whether it answers, what, and after how long. No I/O.
#pragma once

#include <optional>

#include "synthetic_children.h"
#include "tally.h"
#include "weather.h"

namespace dskeeper::bench {

class Service {
 public:
  Service(const World& world, const Weather& weather, SyntheticChildren& children, Tally& tally)
      : world_(world),
        weather_(weather),
        losses_(weather.loss),
        children_(children),
        tally_(tally) {}

  [[nodiscard]] const Weather& weather() const { return weather_; }
  // The answer of the server at that address. Nothing: it says nothing.
  [[nodiscard]] std::optional<Bytes> answer(ByteView message,
                                            const std::array<std::uint8_t, 4>& address,
                                            Transport transport);

 private:
  const World& world_;
  const Weather weather_;
  Losses losses_;
  SyntheticChildren& children_;
  Tally& tally_;
};

}  // namespace dskeeper::bench
