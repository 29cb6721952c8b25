// Compression of what is kept for years (Zstandard, RFC 8878).
//
// Holds its work space between calls. One thread at a time.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace dskeeper::store {

class Compressor {
 public:
  Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  ~Compressor();

  [[nodiscard]] Bytes compress(ByteView octets);
  // Refuses what would become larger than `octets_max`, before it makes room for it.
  [[nodiscard]] Result<Bytes> decompress(ByteView compressed, std::size_t octets_max);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dskeeper::store
