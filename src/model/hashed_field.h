// What a request's id is the hash of. Internal to src/model.
#pragma once

#include "base/bytes.h"

namespace dskeeper {

// Behind its length, so that no two inputs have the same octets.
inline void append_field(Bytes& out, ByteView field) {
  const std::size_t size = field.size();
  out.push_back(static_cast<std::uint8_t>(size >> 8U));
  out.push_back(static_cast<std::uint8_t>(size));
  out.insert(out.end(), field.begin(), field.end());
}

}  // namespace dskeeper
