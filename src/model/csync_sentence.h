// What people are told of CSYNC (RFC 7477), the other request that a child may make: by `status`
// and `explain`, and on pages.
#pragma once

#include <string>

#include "model/case.h"

namespace dskeeper {

// Is there anything to say of it?
[[nodiscard]] bool has_csync(const Case& value);

// One sentence on where it stands.
[[nodiscard]] std::string csync_sentence(const CsyncCase& value);

}  // namespace dskeeper
