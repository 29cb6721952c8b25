// What a person says why (`suspend`): it stands in one line of the log, the journal and `status`.
#pragma once

#include <cstddef>
#include <string_view>

namespace dskeeper {

inline constexpr std::size_t reason_octets_max = 1000;

// One line with words in it, not too long.
[[nodiscard]] bool is_reason(std::string_view text);

}  // namespace dskeeper
