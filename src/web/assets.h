// What the browser fetches beside the pages: made from web/ when dskeeper is built, so that it
// needs no files beside the program.
#pragma once

#include <span>
#include <string_view>

namespace dskeeper::web {

struct Asset {
  std::string_view name;
  std::string_view content_type;
  std::string_view content;
};
[[nodiscard]] std::span<const Asset> assets();

}  // namespace dskeeper::web
