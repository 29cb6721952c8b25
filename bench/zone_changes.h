// What it takes to follow a large zone by its changes (IXFR, RFC 1995), beside reading it whole.
//
// Both from messages of a transfer that lie in memory, so that neither sockets nor signatures are
// in it: what is measured is what dskeeper makes of them.
#pragma once

#include <cstddef>
#include <filesystem>

namespace dskeeper::bench {

// Changes so many delegations of the zone in the file: other DS records, name servers and glue, new
// ones and gone ones. Prints the CPU time of both, and what is kept for it.
void measure_changes(const std::filesystem::path& zone_file, std::size_t changes);

}  // namespace dskeeper::bench
