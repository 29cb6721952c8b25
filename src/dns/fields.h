// Reading presentation form field by field. Internal to src/dns.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/result.h"

namespace dskeeper::dns {

inline constexpr std::string_view white_space = " \t\r\n";

// Takes the next field, divided by white space, off the text; empty at its end.
[[nodiscard]] inline std::string_view take_field(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
  const std::string_view field = text.substr(0, text.find_first_of(white_space));
  text.remove_prefix(field.size());
  return field;
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
