#include "cli/shown_text.h"

#include <fmt/core.h>

#include <cstdint>

namespace dskeeper::cli {
namespace {

std::uint8_t octet_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : 0;
}

// How many octets of what begins the text must not be shown as they are.
std::size_t hidden_octets(std::string_view text) {
  const std::uint8_t first = octet_at(text, 0);
  const std::uint8_t second = octet_at(text, 1);
  const std::uint8_t third = octet_at(text, 2);
  if ((first < 0x20 && first != '\n') || first == 0x7F) return 1;
  if (first == 0xC2 && second >= 0x80 && second <= 0x9F) return 2;
  // U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069.
  const bool is_mark = second == 0x80 && (third == 0x8E || third == 0x8F);
  const bool is_embedding = second == 0x80 && third >= 0xAA && third <= 0xAE;
  const bool is_isolate = second == 0x81 && third >= 0xA6 && third <= 0xA9;
  return first == 0xE2 && (is_mark || is_embedding || is_isolate) ? 3 : 0;
}

}  // namespace

std::string shown_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t hidden = hidden_octets(text);
    for (std::size_t i = 0; i < hidden; ++i) out += fmt::format("\\{:03}", octet_at(text, i));
    if (hidden == 0) out += text.front();
    text.remove_prefix(hidden == 0 ? 1 : hidden);
  }
  return out;
}

}  // namespace dskeeper::cli
