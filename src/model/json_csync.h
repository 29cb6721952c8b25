// CSYNC as JSON: of a survey, a change and a case. Internal to src/model.
#pragma once

#include "model/csync.h"
#include "model/csync_survey.h"
#include "model/json_parts.h"

namespace dskeeper::json_parts {

[[nodiscard]] json::value write_csync(const CsyncSurvey& survey);
[[nodiscard]] CsyncSurvey read_csync(const json::value& value, Trouble& trouble);
[[nodiscard]] json::value write_edit(const NameServersEdit& edit);
[[nodiscard]] NameServersEdit read_edit(const json::value& value, Trouble& trouble);
[[nodiscard]] json::value write_csync_case(const CsyncCase& csync);
[[nodiscard]] CsyncCase read_csync_case(const json::value& value, Trouble& trouble);

}  // namespace dskeeper::json_parts
