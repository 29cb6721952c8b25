// The policies: those that are built in, and those of the configuration, which inherit from others.
#pragma once

#include <map>
#include <string>

#include "cli/key.h"
#include "cli/toml_value.h"
#include "model/policy.h"

namespace dskeeper::cli {

// Every policy complete: each key from itself, else from its base; `own` are the tables below
// [policy] of the configuration, whose faults are added to `faults`.
[[nodiscard]] std::map<std::string, Policy> read_policies(const Table& own, FaultList& faults);

}  // namespace dskeeper::cli
