# cmake -DOUTPUT=… -DASSETS=a.css;b.svg -P EmbedAssets.cmake
# Writes what the browser fetches as the C++ constants that web/assets.h declares. A literal may have
# 64 KiB; a longer file is an error of the compiler.
set(TYPE_css "text/css; charset=utf-8")
set(TYPE_js "text/javascript; charset=utf-8")
set(TYPE_svg "image/svg+xml")
set(TYPE_json "application/json")
set(ROWS "")
foreach(SOURCE IN LISTS ASSETS)
  get_filename_component(NAME "${SOURCE}" NAME)
  get_filename_component(ENDING "${SOURCE}" LAST_EXT)
  string(SUBSTRING "${ENDING}" 1 -1 ENDING)
  if(NOT DEFINED TYPE_${ENDING})
    message(FATAL_ERROR "${SOURCE}: what is its content type?")
  endif()
  file(READ "${SOURCE}" TEXT)
  if(ENDING STREQUAL "json")
    # Indentation is for who edits it; a string of JSON has no line breaks.
    string(REGEX REPLACE "\n +" "\n" TEXT "${TEXT}")
  endif()
  string(APPEND ROWS "    {\"${NAME}\", \"${TYPE_${ENDING}}\", R\"asset(${TEXT})asset\"},\n")
endforeach()
list(LENGTH ASSETS COUNT)
file(WRITE "${OUTPUT}" "// Made from web/ by cmake/EmbedAssets.cmake.
#include \"web/assets.h\"

#include <array>

namespace dskeeper::web {
namespace {
constexpr std::array<Asset, ${COUNT}> all = {{
${ROWS}}};
}  // namespace

std::span<const Asset> assets() { return all; }

}  // namespace dskeeper::web
")
