// A case as a part of other JSON. Internal to src/model.
#pragma once

#include "model/case.h"
#include "model/json_parts.h"

namespace dskeeper::json_parts {

[[nodiscard]] json::value write_case(const Case& value);
[[nodiscard]] Case read_case(const json::value& value, Trouble& trouble);

}  // namespace dskeeper::json_parts
