#include "report.h"

#include <fmt/core.h>

namespace dskeeper::bench {

std::string report(const World& world, const Weather& weather, const Tally& tally) {
  std::string servers;
  for (std::size_t index = 0; index < world.operator_count(); ++index) {
    for (std::size_t server = 0; server < servers_per_operator; ++server) {
      const ServerPlace place{index, server};
      const ServerCounts& counts = tally.of_server(place);
      if (counts.udp + counts.tcp == 0) continue;
      servers += fmt::format(
          R"({}{{"operator": {}, "server": {}, "is_dead": {}, "udp": {}, "tcp": {}, "withheld": {}}})",
          servers.empty() ? "" : ",\n", index, server, is_dead(weather, place), counts.udp,
          counts.tcp, counts.withheld);
    }
  }
  return fmt::format("{{\"servers\": [\n{}\n]}}\n", servers);
}

}  // namespace dskeeper::bench
