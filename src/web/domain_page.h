// The page of one name, whole without JavaScript; and the front page.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "http/response.h"
#include "web/domain.h"
#include "web/settings.h"

namespace dskeeper::web {

// `notice`: a sentence that stands first, about what the visitor has just done; may be empty.
[[nodiscard]] http::Response domain_page(const Domain& domain, const Settings& settings, Time now,
                                         std::string_view notice = {});

[[nodiscard]] http::Response front_page(const Settings& settings);

// For staff: a shell without any data, which web/dashboard.js fills with what the token opens.
[[nodiscard]] http::Response dashboard_page();

// Where there is nothing to show: why, and what was typed.
[[nodiscard]] http::Response trouble_page(http::Status status, std::string_view title,
                                          std::string_view sentence, const std::string& typed);

}  // namespace dskeeper::web
