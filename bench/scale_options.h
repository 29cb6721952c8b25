// The command line of those who must agree on how large the benchmark's world is.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>

#include "base/result.h"
#include "world.h"

namespace dskeeper::bench {

// CHILDREN DIR [--operators N] [--zipf]
void add_scale_options(CLI::App& app, Scale& scale, std::filesystem::path& directory);

// "2%", or "0.02".
[[nodiscard]] Result<double> parse_share(const std::string& text);

}  // namespace dskeeper::bench
