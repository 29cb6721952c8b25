// What the responder says of a scan, as JSON: what each server was asked, and what must have come
// of it.
#pragma once

#include <string>

#include "tally.h"
#include "weather.h"

namespace dskeeper::bench {

// {"servers": [{"operator", "server", "is_dead", "udp", "tcp",
// "udp_withheld", "tcp_withheld"} …], "expected":
// {outcome: children …}}; servers that were asked nothing are left out.
[[nodiscard]] std::string report(const World& world, const Weather& weather, const Tally& tally);

}  // namespace dskeeper::bench
