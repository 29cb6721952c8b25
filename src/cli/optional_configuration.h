// For the commands of a child's operator, which work without a configuration, too.
#pragma once

#include <string>

#include "cli/configuration.h"

namespace dskeeper::cli {

// The file that is named, or the one that stands in a default place; else one that says nothing.
[[nodiscard]] tl::expected<Configuration, ConfigurationFaults> load_optional_configuration(
    const std::string& named);

}  // namespace dskeeper::cli
