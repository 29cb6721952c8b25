// Domain names as people type and read them: U-labels at the edge, A-labels in the data (RFC 5891).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "dns/name.h"

namespace dskeeper::cli {

// "bücher.example" and "xn--bcher-kva.example." are the same name.
[[nodiscard]] Result<dns::Name> read_typed_name(std::string_view text);

// "xn--bcher-kva.example." with " (bücher.example.)" behind it where the two differ.
[[nodiscard]] std::string shown_name(const dns::Name& name);

}  // namespace dskeeper::cli
