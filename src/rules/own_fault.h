// What keeps a vantage point from seeing anything and is its own: the finding that says so stands
// in place of those that would blame the child.
#pragma once

#include "rules/finding_list.h"
#include "rules/prove.h"

namespace dskeeper::rules {

// True where the vantage point has such a fault, which is then noted.
bool note_own_fault(const Proved& proved, FindingList& findings);

}  // namespace dskeeper::rules
