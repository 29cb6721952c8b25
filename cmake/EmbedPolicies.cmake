# cmake -DOUTPUT=… -DSOURCES=a.toml;b.toml -P EmbedPolicies.cmake
# Writes the policy files as the C++ table that cli/policy_keys.h declares.
set(ROWS "")
set(TEXTS "")
foreach(SOURCE IN LISTS SOURCES)
  get_filename_component(POLICY "${SOURCE}" NAME_WE)
  file(READ "${SOURCE}" TEXT)
  string(APPEND ROWS "    {\"${POLICY}\", R\"policy(${TEXT})policy\"},\n")
endforeach()
list(LENGTH SOURCES COUNT)
file(WRITE "${OUTPUT}" "// Made from data/policies/ by cmake/EmbedPolicies.cmake.
#include \"cli/policy_keys.h\"

#include <array>

namespace dskeeper::cli {
namespace {
constexpr std::array<BuiltInPolicy, ${COUNT}> policies = {{
${ROWS}}};
}  // namespace

std::span<const BuiltInPolicy> built_in_policies() { return policies; }

}  // namespace dskeeper::cli
")
