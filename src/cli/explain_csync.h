// What `explain` and `status` say of CSYNC (RFC 7477), the other request that a child may make.
#pragma once

#include <string>

#include "model/case.h"
#include "model/survey.h"

namespace dskeeper::cli {

// What the servers said in their runs; empty where they were not asked.
[[nodiscard]] std::string csync_survey_text(const Survey& survey);

// The name servers that would stand, one a line; empty where none would.
[[nodiscard]] std::string name_servers_text(const CsyncCase& value, const std::string& indent);

}  // namespace dskeeper::cli
