// What all pages share: the head, the search field, the foot.
#pragma once

#include <string>
#include <string_view>

#include "http/response.h"
#include "web/html.h"

namespace dskeeper::web {

struct Page {
  std::string title;
  std::string typed;  // what the search field shows
  Html content;
  http::Status status = http::Status::ok;
  http::Caching caching = http::Caching::brief;
  std::string_view script{};  // an asset that is a module; empty: none
  std::string_view style{};   // an asset beside the one that all pages have; empty: none
};

[[nodiscard]] http::Response page_response(const Page& page);

// The path of a name's page.
[[nodiscard]] std::string path_of(const std::string& name);

}  // namespace dskeeper::web
