// The section [http]: what of it is right, and the token that it names.
#pragma once

#include <span>

#include "cli/configuration.h"
#include "cli/key.h"

namespace dskeeper::cli {

// As it is written, before the token's file was read.
struct RawHttpSettings {
  HttpSettings settings;
  std::string token_file;
  std::string token_env;
};
[[nodiscard]] std::span<const Key<RawHttpSettings>> http_keys();

void read_http(const Value& section, Configuration& configuration, FaultList& faults);

}  // namespace dskeeper::cli
