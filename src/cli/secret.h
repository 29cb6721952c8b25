// The secret of a [[key]]: from a file of our own or from the environment, never from the
// configuration itself.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "cli/configuration.h"
#include "cli/configuration_keys.h"

namespace dskeeper::cli {

// Never says anything of what it read.
[[nodiscard]] Result<Bytes> read_secret(const RawKeySettings& key,
                                        const Configuration& configuration);

}  // namespace dskeeper::cli
