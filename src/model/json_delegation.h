// A delegation as a part of other JSON. Internal to src/model.
#pragma once

#include "model/delegation.h"
#include "model/json_parts.h"

namespace dskeeper::json_parts {

// Child and parent are not in it: they are those of what it is a part of.
[[nodiscard]] json::value write_delegation(const Delegation& delegation);
[[nodiscard]] Delegation read_delegation(const json::value& value, Trouble& trouble);
[[nodiscard]] json::value write_name_servers(const std::vector<NameServer>& name_servers);
[[nodiscard]] NameServer read_name_server(const json::value& value, Trouble& trouble);
[[nodiscard]] dns::DsSet read_ds_set(const json::value& value, Trouble& trouble);

}  // namespace dskeeper::json_parts
