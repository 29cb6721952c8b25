// A change as a part of other JSON. Internal to src/model.
#pragma once

#include "model/change.h"
#include "model/json_parts.h"

namespace dskeeper::json_parts {

[[nodiscard]] json::value write_change(const Change& change);
[[nodiscard]] Change read_change(const json::value& value, Trouble& trouble);
[[nodiscard]] dns::Ttl read_ttl(const json::value& value, Trouble& trouble);

}  // namespace dskeeper::json_parts
