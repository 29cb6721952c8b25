// Runs the yardstick over the population and prints what came of it, as JSON.
//
// usage: yardstick CHILDREN DIR [--operators N] [--zipf] [--batch N] [--in-flight N]
//        [--timeout 5s], inside the namespaces.
#include "yardstick.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "base/time.h"
#include "scale_options.h"

int main(int argc, char** argv) {
  namespace bench = dskeeper::bench;
  bench::Scale scale;
  std::filesystem::path directory;  // the same command line as for the others
  bench::YardstickOptions options;
  std::string timeout = "5s";
  CLI::App app("Asks CDS and CDNSKEY at both servers of each child, and nothing else");
  bench::add_scale_options(app, scale, directory);
  app.add_option("--batch", options.batch, "datagrams a system call")->check(CLI::Range(1, 1024));
  app.add_option("--in-flight", options.in_flight_max, "questions at once")
      ->check(CLI::Range(1, 65536));
  app.add_option("--timeout", timeout, "how long one question may take, both tries together");
  CLI11_PARSE(app, argc, argv);
  const auto waiting = dskeeper::parse_duration(timeout);
  if (!waiting) {
    fmt::print(stderr, "yardstick: {}\n", waiting.error().text());
    return 2;
  }
  options.timeout = *waiting / options.tries;
  const bench::World world(scale);
  auto yardstick = bench::Yardstick::open(world, options);
  if (!yardstick) {
    fmt::print(stderr, "yardstick: {}\n", yardstick.error().text());
    return 1;
  }
  const bench::YardstickCounts counts = yardstick->run();
  fmt::print(R"({{"questions": {}, "answered": {}, "sent_again": {}}})"
             "\n",
             counts.questions, counts.answered, counts.sent_again);
  return 0;
}
