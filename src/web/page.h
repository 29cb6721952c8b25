// What all pages share: the head, the search field, the foot.
#pragma once

#include <string>

#include "http/response.h"
#include "web/html.h"

namespace dskeeper::web {

struct Page {
  std::string title;
  std::string typed;  // what the search field shows
  Html content;
  http::Status status = http::Status::ok;
  http::Caching caching = http::Caching::brief;
  bool has_dashboard_script = false;
};

[[nodiscard]] http::Response page_response(const Page& page);

// The path of a name's page.
[[nodiscard]] std::string path_of(const std::string& name);

}  // namespace dskeeper::web
