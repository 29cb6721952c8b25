// Which finding of a case its outcome follows from: what a person is told first.
#pragma once

#include "model/case.h"

namespace dskeeper {

// Where automation is off, what keeps it off; else the worst. Null where nothing was noticed.
[[nodiscard]] const Finding* deciding_finding(const Case& value);

}  // namespace dskeeper
