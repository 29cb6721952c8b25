// One look at one child as a page of text: what the parent says, what each server said, which rule
// decided, and what follows. What a registry's help desk reads aloud.
#pragma once

#include <string>

#include "cli/pass.h"
#include "model/delegation.h"

namespace dskeeper::cli {

[[nodiscard]] std::string explain_text(const Delegation& delegation, const LookResult& result,
                                       bool has_memory);

}  // namespace dskeeper::cli
