// The keys of a policy, and reading policies that inherit from each other.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/key.h"
#include "cli/toml_value.h"
#include "model/policy.h"

namespace dskeeper::cli {

[[nodiscard]] std::span<const Key<Policy>> policy_keys();

// A policy file of data/policies/, built into the program.
struct BuiltInPolicy {
  std::string_view name;
  std::string_view text;
};
[[nodiscard]] std::span<const BuiltInPolicy> built_in_policies();

// Every policy complete: each key from itself, else from its base; `own` are the tables below
// [policy] of the configuration, whose faults are added to `faults`.
[[nodiscard]] std::map<std::string, Policy> read_policies(const Table& own, FaultList& faults);

}  // namespace dskeeper::cli
