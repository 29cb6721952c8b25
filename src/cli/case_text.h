// A case as a person reads it, in `status` and `scan`.
#pragma once

#include <string>

#include "base/result.h"
#include "model/case.h"
#include "store/store.h"

namespace dskeeper::cli {

// One line, for a child that asks for something.
[[nodiscard]] std::string case_line(const Case& value);

// What a person has decided about the child and nobody has obeyed yet; empty where there is
// nothing.
[[nodiscard]] Result<std::string> pending_text(store::Store& store, const dns::Name& parent,
                                               const dns::Name& child);

// All that the store knows of it, with what to do about each finding.
[[nodiscard]] std::string case_text(const Case& value);

}  // namespace dskeeper::cli
