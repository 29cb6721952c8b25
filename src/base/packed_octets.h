// Small numbers and octet strings one behind the other, as short as they can be: the form in which
// values lie in a ByteArena. Of our own making, never from a wire: what does not fit is a bug.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"

namespace dskeeper {

// Seven bits in each octet, the lowest first; the high bit says that more follow.
inline void put_number(Bytes& out, std::uint64_t number) {
  for (; number >= 0x80U; number >>= 7U) {
    out.push_back(static_cast<std::uint8_t>(number | 0x80U));
  }
  out.push_back(static_cast<std::uint8_t>(number));
}

inline void put_octets(Bytes& out, ByteView octets) {
  put_number(out, octets.size());
  out.insert(out.end(), octets.begin(), octets.end());
}

// Reads in the order in which it was put.
class PackedReader {
 public:
  explicit PackedReader(ByteView octets) : left_(octets) {}

  [[nodiscard]] bool is_at_end() const { return left_.empty(); }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      CHECK(!left_.empty() && shift < 64);
      const std::uint8_t octet = left_.front();
      left_ = left_.subspan(1);
      value |= std::uint64_t{octet & 0x7FU} << shift;
      if (octet < 0x80U) return value;
    }
  }

  ByteView octets() {
    const std::uint64_t size = number();
    CHECK(size <= left_.size());
    const ByteView out = left_.first(size);
    left_ = left_.subspan(size);
    return out;
  }

 private:
  ByteView left_;
};

}  // namespace dskeeper
