// What a child asks for, by the numbers that an approval is bound to.
#pragma once

#include <string>
#include <vector>

#include "model/case.h"

namespace dskeeper {

// For a DS set, for name servers and glue (RFC 7477), for both or for nothing.
[[nodiscard]] std::vector<std::string> request_ids(const Case& value);

}  // namespace dskeeper
