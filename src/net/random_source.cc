#include "net/random_source.h"

#include <openssl/rand.h>

#include <cstring>

#include "base/check.h"

namespace dskeeper::net {

std::uint32_t RandomSource::u32() {
  std::uint32_t value = 0;
  if (used_ + sizeof(value) > stock_.size()) {
    fill(stock_);
    used_ = 0;
  }
  std::memcpy(&value, stock_.data() + used_, sizeof(value));
  // What was handed out must not be found in memory later.
  std::memset(stock_.data() + used_, 0, sizeof(value));
  used_ += sizeof(value);
  return value;
}

std::uint16_t RandomSource::u16() {
  return static_cast<std::uint16_t>(u32() >> 16U);
}

std::uint32_t RandomSource::below(std::uint32_t bound) {
  CHECK(bound > 0);
  // The bias of the multiplication is below 2^-16 for the bounds used here (65,536 at most).
  return static_cast<std::uint32_t>(std::uint64_t{u32()} * bound >> 32U);
}

void SystemRandom::fill(std::span<std::uint8_t> octets) {
  CHECK(RAND_bytes(octets.data(), static_cast<int>(octets.size())) == 1);
}

}  // namespace dskeeper::net
