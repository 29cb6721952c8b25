// Reading presentation form field by field. Internal to src/dns.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/result.h"

namespace dskeeper::dns {

inline constexpr std::string_view white_space = " \t\r\n";
// No function, which would be called through a pointer for each character of a zone file.
inline constexpr auto is_white_space = [](char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
};

// Takes the next field, divided by white space, off the text; empty at its end.
[[nodiscard]] inline std::string_view take_field(std::string_view& text) {
  const auto* const begin = std::find_if_not(text.begin(), text.end(), is_white_space);
  const auto* const end = std::find_if(begin, text.end(), is_white_space);
  text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  return {begin, static_cast<std::size_t>(end - begin)};
}

// A decimal number that fits; `what` names it in the error.
template <typename Number>
[[nodiscard]] Result<Number> parse_number(std::string_view field, std::string_view what) {
  Number value = 0;
  const char* end = field.data() + field.size();
  const auto [rest, error] = std::from_chars(field.data(), end, value);
  if (field.empty() || error != std::errc() || rest != end) {
    return fail(fmt::format("\"{}\" is not a {}", field, what));
  }
  return value;
}

}  // namespace dskeeper::dns
