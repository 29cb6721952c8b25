// What the responder says of a scan: what each server was asked, as JSON.
#pragma once

#include <string>

#include "tally.h"
#include "weather.h"

namespace dskeeper::bench {

// {"servers": [{"operator", "server", "is_dead", "udp", "tcp", "withheld"} …]}; servers that were
// asked nothing are left out.
[[nodiscard]] std::string report(const World& world, const Weather& weather, const Tally& tally);

}  // namespace dskeeper::bench
