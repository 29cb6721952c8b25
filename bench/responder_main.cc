// Serves the synthetic population on port 53 of all addresses, UDP and TCP.
//
// usage: responder CHILDREN DIR [--operators N] [--zipf] [--rtt 50ms] [--loss 1%] [--dead-share 2%]
// DIR was made by `population --responder` for the same scale. On SIGUSR1 what was asked since the
// last one is written to DIR/tally.json (report.h), whole or not at all; SIGTERM ends it.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include "base/time.h"
#include "key_ring.h"
#include "net/descriptors.h"
#include "report.h"
#include "responder.h"
#include "scale_options.h"

namespace dskeeper::bench {
namespace {

namespace fs = std::filesystem;

struct Options {
  Scale scale;
  fs::path directory;
  std::string round_trip = "0ms";
  std::string loss = "0%";
  std::string dead_share = "0%";
};

Result<Weather> parse_weather(const Options& options) {
  const auto round_trip = parse_duration(options.round_trip);
  if (!round_trip) return tl::unexpected(round_trip.error());
  const auto loss = parse_share(options.loss);
  if (!loss) return tl::unexpected(loss.error());
  const auto dead_share = parse_share(options.dead_share);
  if (!dead_share) return tl::unexpected(dead_share.error());
  return Weather{*round_trip, *loss, *dead_share};
}

void write_whole(const fs::path& path, const std::string& text) {
  const fs::path fresh = path.string() + ".new";
  std::ofstream(fresh, std::ios::binary) << text;
  fs::rename(fresh, path);
}

Result<void> serve(const Options& options) {
  const auto weather = parse_weather(options);
  if (!weather) return tl::unexpected(weather.error());
  auto keys = KeyRing::read(options.directory / "keys");
  if (!keys) return pass_on(std::move(keys));
  const World world(options.scale);
  const Time now = SystemClock().now();
  SyntheticChildren children(world, *std::move(keys),
                             {now - std::chrono::hours(1), now + std::chrono::days(30)});
  Tally tally(world);
  Service service(world, *weather, children, tally);
  net::raise_descriptor_limit();
  auto responder = Responder::open(world, service);
  if (!responder) return pass_on(std::move(responder));
  responder->run([&] {
    write_whole(options.directory / "tally.json", report(world, *weather, tally));
    tally.clear();
  });
  return {};
}

}  // namespace
}  // namespace dskeeper::bench

int main(int argc, char** argv) {
  using dskeeper::bench::Options;
  Options options;
  CLI::App app("Serves the benchmark's synthetic population");
  dskeeper::bench::add_scale_options(app, options.scale, options.directory);
  app.add_option("--rtt", options.round_trip, "how long an answer takes");
  app.add_option("--loss", options.loss, "share of the answers that are withheld");
  app.add_option("--dead-share", options.dead_share, "share of the servers that never answer");
  CLI11_PARSE(app, argc, argv);
  const auto done = dskeeper::bench::serve(options);
  if (done) return 0;
  fmt::print(stderr, "responder: {}\n", done.error().text());
  return 1;
}
