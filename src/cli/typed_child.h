// The child or the parent zone that a command is about, as it was typed. What is wrong with it is a
// wrong use of the command (exit status 2).
#pragma once

#include <string>

#include "base/result.h"
#include "cli/configuration.h"
#include "dns/name.h"

namespace dskeeper::cli {

struct TypedChild {
  dns::Name name;
  const ParentSettings* parent = nullptr;  // never null; the longest that it lies below
};

// `configuration` must outlive what it gives. Whether the parent delegates the name is not looked
// into.
[[nodiscard]] Result<TypedChild> read_typed_child(const Configuration& configuration,
                                                  const std::string& typed);

// Where there is no such parent zone, the error names the nearest one.
[[nodiscard]] Result<const ParentSettings*> read_typed_parent(const Configuration& configuration,
                                                              const std::string& typed);

}  // namespace dskeeper::cli
