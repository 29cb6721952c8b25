// A person's word on what a child asks for.
#pragma once

#include <string>

#include "base/time.h"

namespace dskeeper {

// A person's consent to one request, as it was shown (`approve`).
struct Approval {
  std::string request_id;
  std::string actor;
  Time at;
  bool operator==(const Approval&) const = default;
};

}  // namespace dskeeper
