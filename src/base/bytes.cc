#include "base/bytes.h"

#include <openssl/evp.h>

#include <array>

#include "base/check.h"

namespace dskeeper {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// By character: the digit's value; -1 for what is none. A table, since the digests of a large zone
// are a billion digits.
constexpr auto hex_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < 10; ++i) values[std::size_t{'0'} + i] = static_cast<std::int8_t>(i);
  for (std::size_t i = 0; i < 6; ++i) {
    values[std::size_t{'a'} + i] = values[std::size_t{'A'} + i] = static_cast<std::int8_t>(10 + i);
  }
  return values;
}();

int hex_value(char c) {
  return hex_values[static_cast<std::uint8_t>(c)];
}

// As many pairs of digits as there are in front without anything else.
std::size_t take_pairs(std::string_view text, std::uint8_t* out) {
  std::size_t count = 0;
  for (; 2 * count + 1 < text.size(); ++count) {
    const int high = hex_value(text[2 * count]);
    const int low = hex_value(text[2 * count + 1]);
    if ((high | low) < 0) break;
    out[count] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return count;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out += hex_digits[byte >> 4U];
    out += hex_digits[byte & 0x0FU];
  }
  return out;
}

Result<Bytes> from_hex(std::string_view text) {
  Bytes out(text.size() / 2);
  std::size_t size = take_pairs(text, out.data());
  int high = -1;
  for (const char c : text.substr(2 * size)) {
    if (is_space(c)) continue;
    const int value = hex_value(c);
    if (value < 0) return fail(std::string("not a hexadecimal digit: '") + c + "'");
    if (high < 0) {
      high = value;
    } else {
      out[size++] = static_cast<std::uint8_t>(high * 16 + value);
      high = -1;
    }
  }
  if (high >= 0) return fail("an odd number of hexadecimal digits");
  out.resize(size);
  return out;
}

std::string to_base64(ByteView bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16U |
                                (left > 1 ? static_cast<std::uint32_t>(bytes[i + 1]) << 8U : 0U) |
                                (left > 2 ? static_cast<std::uint32_t>(bytes[i + 2]) : 0U);
    out += base64_digits[group >> 18U];
    out += base64_digits[group >> 12U & 0x3FU];
    out += left > 1 ? base64_digits[group >> 6U & 0x3FU] : '=';
    out += left > 2 ? base64_digits[group & 0x3FU] : '=';
  }
  return out;
}

Result<Bytes> from_base64(std::string_view text) {
  Bytes out;
  std::uint32_t group = 0;
  int digits = 0;
  int padding = 0;
  for (const char c : text) {
    if (is_space(c)) continue;
    const std::size_t value = base64_digits.find(c);
    if (c == '=') {
      ++padding;
    } else if (value == std::string_view::npos || padding > 0) {
      return fail(std::string("not a base64 digit: '") + c + "'");
    }
    group = group << 6U | (c == '=' ? 0U : static_cast<std::uint32_t>(value));
    if (++digits % 4 != 0) continue;
    if (padding > 2) return fail("too much base64 padding");
    out.push_back(static_cast<std::uint8_t>(group >> 16U));
    if (padding < 2) out.push_back(static_cast<std::uint8_t>(group >> 8U));
    if (padding < 1) out.push_back(static_cast<std::uint8_t>(group));
    group = 0;
  }
  if (digits % 4 != 0) return fail("the base64 text is cut off");
  return out;
}

Sha256 sha256(ByteView bytes) {
  // Looked up once: OpenSSL 3 takes as long for that as for a small hash.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  CHECK(algorithm != nullptr);
  Sha256 digest{};
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm, nullptr) == 1);
  return digest;
}

}  // namespace dskeeper
