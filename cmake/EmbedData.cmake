# cmake -DOUTPUT=… -DPOLICIES=a.toml;b.toml -DALGORITHMS=c.toml -P EmbedData.cmake
# Writes the data files as the C++ constants that cli/built_in_data.h declares.
set(ROWS "")
foreach(SOURCE IN LISTS POLICIES)
  get_filename_component(POLICY "${SOURCE}" NAME_WE)
  file(READ "${SOURCE}" TEXT)
  string(APPEND ROWS "    {\"${POLICY}\", R\"policy(${TEXT})policy\"},\n")
endforeach()
list(LENGTH POLICIES COUNT)
file(READ "${ALGORITHMS}" ALGORITHMS_TEXT)
file(WRITE "${OUTPUT}" "// Made from data/ by cmake/EmbedData.cmake.
#include \"cli/built_in_data.h\"

#include <array>

namespace dskeeper::cli {
namespace {
constexpr std::array<BuiltInPolicy, ${COUNT}> policies = {{
${ROWS}}};
}  // namespace

std::span<const BuiltInPolicy> built_in_policies() { return policies; }

std::string_view built_in_algorithms() { return R\"data(${ALGORITHMS_TEXT})data\"; }

}  // namespace dskeeper::cli
")
