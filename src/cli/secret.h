// The secret of a [[key]], the token of staff: from a file of our own or from the environment,
// never from the configuration itself.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/configuration.h"
#include "cli/configuration_keys.h"

namespace dskeeper::cli {

// Never says anything of what it read.
[[nodiscard]] Result<std::string> read_token(const std::string& file,
                                             const std::string& variable_name,
                                             const Configuration& configuration);
[[nodiscard]] Result<Bytes> read_secret(const RawKeySettings& key,
                                        const Configuration& configuration);

}  // namespace dskeeper::cli
