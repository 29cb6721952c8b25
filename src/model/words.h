// The words of a closed enumeration, in its order. Internal to src/model.
#pragma once

#include <fmt/core.h>

#include <array>
#include <cstddef>
#include <string_view>

#include "base/check.h"
#include "base/result.h"

namespace dskeeper {

template <std::size_t count>
using Words = std::array<std::string_view, count>;

template <typename Enum, std::size_t count>
std::string_view word_of(const Words<count>& words, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  CHECK(index < count);
  return words[index];
}

// `noun` says what it is not: "an outcome".
template <typename Enum, std::size_t count>
Result<Enum> parse_word(const Words<count>& words, std::string_view text, std::string_view noun) {
  for (std::size_t i = 0; i < count; ++i) {
    if (words[i] == text) return static_cast<Enum>(i);
  }
  return fail(fmt::format("\"{}\" is not {}", text, noun));
}

}  // namespace dskeeper
