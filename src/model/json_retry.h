// What a case knows of retries and approvals, as JSON. Internal to src/model.
#pragma once

#include "model/approval.h"
#include "model/json_parts.h"
#include "model/retry.h"

namespace dskeeper::json_parts {

[[nodiscard]] LookId read_look(const json::value& value, Trouble& trouble);
[[nodiscard]] json::value write_retry(const Retry& retry);
[[nodiscard]] Retry read_retry(const json::value& value, Trouble& trouble);
[[nodiscard]] json::value write_approval(const Approval& approval);
[[nodiscard]] Approval read_approval(const json::value& value, Trouble& trouble);

}  // namespace dskeeper::json_parts
