// A breaker that tripped: too many changes of one kind in a day (design.md, "The breaker").
//
// It stops the changes of its kind, for one operator's children or for all, until a person resumes
// it. A value; keeper/breaker.h decides when one trips.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "dns/name.h"
#include "model/verdict.h"

namespace dskeeper {

struct Breaker {
  dns::Name parent;
  Request kind = Request::update;
  std::string operator_name;  // the domain that most of the name servers share; empty: everybody's
  Time tripped_at;
  unsigned changes = 0;            // in the day before it tripped, the one that crossed included
  unsigned limit = 0;              // as many as were allowed
  std::optional<Time> resumed_at;  // what was queued before counts no more
  [[nodiscard]] bool is_open() const { return !resumed_at; }
  bool operator==(const Breaker&) const = default;
};

}  // namespace dskeeper
