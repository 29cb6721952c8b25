// A survey as a part of other JSON. Internal to src/model.
#pragma once

#include "model/json_parts.h"
#include "model/survey.h"

namespace dskeeper::json_parts {

[[nodiscard]] json::value write_survey(const Survey& value);
[[nodiscard]] Survey read_survey(const json::value& value, Trouble& trouble);

}  // namespace dskeeper::json_parts
