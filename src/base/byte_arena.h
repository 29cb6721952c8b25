// Octet strings kept one behind the other: for millions of small values that live and die together.
//
// Grows by chunks, so that nothing is ever copied and little is held in reserve. Many threads may
// read it while none appends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace dskeeper {

class ByteArena {
 public:
  // Gives the address of the copy, for from().
  std::uint64_t append(ByteView octets);
  // What was appended there, and behind it what came later: the octets themselves must tell where
  // they end. A view stays good for as long as the arena lives.
  [[nodiscard]] ByteView from(std::uint64_t address) const;

 private:
  // A value that is longer than a chunk has one of its own.
  std::vector<Bytes> chunks_;
};

}  // namespace dskeeper
