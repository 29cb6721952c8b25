// The files of data/ that are built into the program, as text.
//
// Defined in a file that cmake/EmbedData.cmake writes.
#pragma once

#include <span>
#include <string_view>

namespace dskeeper::cli {

// data/policies/NAME.toml.
struct BuiltInPolicy {
  std::string_view name;
  std::string_view text;
};
[[nodiscard]] std::span<const BuiltInPolicy> built_in_policies();

// data/algorithms.toml.
[[nodiscard]] std::string_view built_in_algorithms();

}  // namespace dskeeper::cli
