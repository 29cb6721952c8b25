// Text that strangers may have had a hand in, as it may reach a terminal or a log.
#pragma once

#include <string>
#include <string_view>

namespace dskeeper::cli {

// Control characters, also those of C1 (U+0080 to U+009F), and what changes the direction of
// writing become "\DDD" for each octet, as in domain names. Ends of lines stay.
[[nodiscard]] std::string shown_text(std::string_view text);

}  // namespace dskeeper::cli
