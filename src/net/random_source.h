// Where unpredictable numbers come from: query IDs and source ports (RFC 5452 §9).
//
// Passed in, so that a test can repeat a run. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dskeeper::net {

class RandomSource {
 public:
  RandomSource() = default;
  RandomSource(const RandomSource&) = delete;
  RandomSource& operator=(const RandomSource&) = delete;
  virtual ~RandomSource() = default;

  [[nodiscard]] std::uint16_t u16();
  // Evenly from [0, bound); `bound` is at least 1.
  [[nodiscard]] std::uint32_t below(std::uint32_t bound);

 protected:
  virtual void fill(std::span<std::uint8_t> octets) = 0;

 private:
  [[nodiscard]] std::uint32_t u32();

  std::array<std::uint8_t, 1024> stock_{};
  std::size_t used_ = sizeof(stock_);
};

// OpenSSL's generator; a failure of it is a CHECK, since nothing may be sent with guessable IDs.
class SystemRandom final : public RandomSource {
 protected:
  void fill(std::span<std::uint8_t> octets) override;
};

}  // namespace dskeeper::net
