// What one step starts from: the arguments of advance(), handed to each of its parts.
#pragma once

#include <optional>

#include "base/time.h"
#include "model/case.h"
#include "model/change.h"
#include "model/delegation.h"
#include "model/policy.h"
#include "model/verdict.h"

namespace dskeeper::keeper {

struct Facts {
  const std::optional<Case>& before;
  const Delegation& delegation;
  const Verdict& verdict;
  const std::optional<Change>& open_change;
  const Policy& policy;
  unsigned vantages_configured = 1;
  Time now;

  // The latest change that is known: the outbox is its home, the case has a copy.
  [[nodiscard]] const Change* latest_change() const {
    if (open_change) return &*open_change;
    return before && before->change ? &*before->change : nullptr;
  }
};

}  // namespace dskeeper::keeper
