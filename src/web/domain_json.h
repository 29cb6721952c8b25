// What the page of a name says, as JSON (web/openapi.json, `Domain`).
#pragma once

#include <string>

#include "base/time.h"
#include "web/domain.h"

namespace dskeeper::web {

[[nodiscard]] std::string domain_json(const Domain& domain, Time now);
// That a check of the name is queued.
[[nodiscard]] std::string check_json(const dns::Name& name);

}  // namespace dskeeper::web
