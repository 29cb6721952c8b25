#include "report.h"

#include <fmt/core.h>

#include <map>

#include "expectation.h"

namespace dskeeper::bench {

namespace {

std::string outcomes_of(const World& world, const Tally& tally) {
  std::map<Outcome, std::size_t> outcomes;
  for (std::size_t i = 0; i < world.child_count(); ++i) {
    ++outcomes[expected_outcome(World::kind_of(i), tally.of_child(i))];
  }
  std::string text;
  for (const auto& [outcome, count] : outcomes) {
    text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", to_text(outcome), count);
  }
  return text;
}

}  // namespace

std::string report(const World& world, const Weather& weather, const Tally& tally) {
  std::string servers;
  for (std::size_t index = 0; index < world.operator_count(); ++index) {
    for (std::size_t server = 0; server < servers_per_operator; ++server) {
      const ServerPlace place{index, server};
      const ServerCounts& counts = tally.of_server(place);
      if (counts.udp + counts.tcp == 0) continue;
      servers += fmt::format(
          R"({}{{"operator": {}, "server": {}, "is_dead": {}, "udp": {}, "tcp": {}, "udp_withheld": {}, "tcp_withheld": {}}})",
          servers.empty() ? "" : ",\n", index, server, is_dead(weather, place), counts.udp,
          counts.tcp, counts.udp_withheld, counts.tcp_withheld);
    }
  }
  return fmt::format("{{\"servers\": [\n{}\n],\n\"expected\": {{{}}}}}\n", servers,
                     outcomes_of(world, tally));
}

}  // namespace dskeeper::bench
