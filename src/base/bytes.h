// Octets, and the ways in which the field writes them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dskeeper {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Sha256 = std::array<std::uint8_t, 32>;

// Upper-case hexadecimal, as DS records are written.
[[nodiscard]] std::string to_hex(ByteView bytes);
// Accepts both cases and white space between the digits.
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

// RFC 4648 base64 with padding.
[[nodiscard]] std::string to_base64(ByteView bytes);
// Accepts white space between the digits.
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);

[[nodiscard]] Sha256 sha256(ByteView bytes);

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace dskeeper
