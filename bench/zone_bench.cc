// How fast a large parent zone is read, and what it takes while it is kept.
//
// usage: zone_bench DELEGATIONS DIR [--shuffled] [--vanity SHARE] [--again] [--facts] [--changes N]
//   writes DIR/large.zone, as a registry's zone file looks: most children at some thousand
//   operators, some with name servers and glue of their own, most secure; then reads it.
//   --shuffled  the records in no order
//   --vanity    the share of children with name servers of their own: 0.05 unless told
//   --again     reads it twice, as `serve` does when the serial has moved
//   --facts     with a row of the registry's facts for each child
//   --changes   instead: reads it from a transfer's messages, then N changes of it (IXFR)
// Prints: records a second of CPU time, beside the reader alone (no delegations made of what it
// gives); octets a delegation in the file and in memory; the most that the process ever held.
#include <fmt/core.h>
#include <mimalloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "dns/zone_file.h"
#include "parent/sources.h"
#include "process_cost.h"
#include "zone_changes.h"

namespace dskeeper::bench {
namespace {

namespace fs = std::filesystem;
using Snapshot = std::shared_ptr<const parent::Snapshot>;

struct Options {
  std::size_t delegations = 0;
  fs::path directory;
  bool is_shuffled = false;
  double vanity = 0.05;
  bool reads_again = false;
  bool has_facts = false;
  std::size_t changes = 0;
};

constexpr double secure_share = 0.6;
constexpr std::size_t children_of_operator = 2000;

class ZoneMaker {
 public:
  explicit ZoneMaker(const Options& options) : options_(options) {}

  // Gives the number of records.
  std::size_t write(const fs::path& path) {
    std::ofstream file(path, std::ios::binary);
    file << "$ORIGIN example.\n$TTL 3600\n@ SOA ns.example. host.example. 1 1 1 1 1\n";
    if (options_.is_shuffled) {
      write_shuffled(file);
    } else {
      for (std::size_t i = 0; i < options_.delegations; ++i) write_child(i, file);
    }
    file.flush();
    CHECK(file.good());
    return records_ + 1;
  }

  void write_facts(const fs::path& path) const {
    std::ofstream file(path, std::ios::binary);
    file << "name,roid,sponsor,created,statuses,no-ds\n";
    for (std::size_t i = 0; i < options_.delegations; ++i) {
      file << fmt::format("{},D{}-EX,Registrar {},20{:02}-01-02T03:04:05Z,{},\n",
                          child(i) + ".example.", i * 7919, i % 300, i % 25,
                          i % 3 == 0 ? "clientTransferProhibited" : "");
    }
    CHECK(file.good());
  }

 private:
  // Spread over the alphabet and in canonical order, as a registry writes them.
  [[nodiscard]] std::string child(std::size_t i) const {
    constexpr std::size_t letters = 26;
    double place = (static_cast<double>(i) + 0.5) / static_cast<double>(options_.delegations);
    std::string name;
    for (int digit = 0; digit < 9; ++digit) {
      place *= letters;
      const auto letter = static_cast<std::size_t>(place);
      name += static_cast<char>('a' + letter);
      place -= static_cast<double>(letter);
    }
    return name;
  }

  void put(std::ostream& file, const std::string& line) {
    file << line;
    ++records_;
  }

  void write_child(std::size_t i, std::ostream& file) {
    const std::string name = child(i);
    const bool is_vanity = draw() < options_.vanity;
    if (is_vanity) {
      for (const int host : {1, 2}) put(file, fmt::format("{} NS ns{}.{}\n", name, host, name));
    } else {
      // A few have very many, as operators do.
      const double place = std::pow(draw(), 4);
      const std::size_t operators = options_.delegations / children_of_operator + 1;
      const auto whose = static_cast<std::size_t>(place * static_cast<double>(operators));
      for (const int host : {1, 2}) {
        put(file, fmt::format("{} NS ns{}.operator-{}.net.\n", name, host, whose));
      }
    }
    if (draw() < secure_share) {
      std::string digest;
      for (int word = 0; word < 8; ++word) digest += fmt::format("{:08X}", random_());
      put(file, fmt::format("{} DS {} 13 2 {}\n", name, random_() % 65536, digest));
    }
    if (!is_vanity) return;
    for (const int host : {1, 2}) {
      put(file, fmt::format("ns{}.{} A 198.51.{}.{}\n", host, name, i / 256 % 256, i % 256));
    }
    put(file, fmt::format("ns1.{} AAAA 2001:db8::{:x}:{:x}\n", name, i / 65536 % 65536, i % 65536));
  }

  void write_shuffled(std::ostream& file) {
    std::ostringstream out;
    for (std::size_t i = 0; i < options_.delegations; ++i) write_child(i, out);
    const std::string_view all = out.view();
    std::vector<std::string_view> lines;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = all.find('\n', at) + 1;
      lines.push_back(all.substr(at, end - at));
      at = end;
    }
    std::shuffle(lines.begin(), lines.end(), random_);
    for (const std::string_view line : lines) file << line;
  }

  double draw() { return std::uniform_real_distribution<double>()(random_); }

  const Options& options_;
  std::mt19937 random_{7};
  std::size_t records_ = 0;
};

// The records, and nothing made of them.
void read_records(const fs::path& path) {
  const dns::Name zone = dns::Name::parse("example.").value();
  auto reader = dns::ZoneFileReader::open(path, zone).value();
  while (reader.next().value()) {
  }
}

Snapshot read_zone(parent::Source& source) {
  boost::asio::io_context context;
  Snapshot snapshot;
  boost::asio::co_spawn(context, source.read(), [&](const std::exception_ptr& thrown, auto&& read) {
    CHECK(!thrown);
    if (!read) fmt::print(stderr, "{}\n", read.error().text());
    CHECK(read);
    snapshot = *read;
  });
  context.run();
  return snapshot;
}

void run(const Options& options) {
  const fs::path path = options.directory / "large.zone";
  const fs::path facts = options.directory / "large.csv";
  fs::create_directories(options.directory);
  const std::size_t records = ZoneMaker(options).write(path);
  if (options.changes > 0) {
    measure_changes(path, options.changes);
    return;
  }
  if (options.has_facts) ZoneMaker(options).write_facts(facts);
  const double alone = seconds_of([&] { read_records(path); });

  parent::ZoneFileSourceOptions from{dns::Name::parse("example.").value(), path, {}};
  if (options.has_facts) from.facts = facts;
  const SystemClock clock;
  const auto source = parent::make_zone_file_source(from, clock);
  const std::size_t before = held();
  const std::size_t peak_before = memory("VmHWM");
  Snapshot snapshot;
  const double took = seconds_of([&] { snapshot = read_zone(*source); });
  const std::size_t kept = held() - before;
  CHECK(snapshot->size() == options.delegations);
  if (options.reads_again) snapshot = read_zone(*source);

  const auto count = static_cast<double>(options.delegations);
  const auto million = static_cast<double>(records) / 1e6;
  fmt::print("{} delegations, {} records, {:.0f} octets a delegation in the file\n",
             options.delegations, records, static_cast<double>(fs::file_size(path)) / count);
  fmt::print(
      "read: {:.2f} million records a second of CPU; the reader alone: {:.2f}; ratio {:.2f}\n",
      million / took, million / alone, took / alone);
  fmt::print("kept: {:.0f} octets a delegation; at most: {:.0f} MiB ({:.0f} before)\n",
             static_cast<double>(kept) / count, static_cast<double>(memory("VmHWM")) / (1 << 20),
             static_cast<double>(peak_before) / (1 << 20));
}

}  // namespace
}  // namespace dskeeper::bench

int main(int argc, char** argv) {
  dskeeper::bench::Options options;
  CLI::App app("How fast a large parent zone is read, and what it takes.");
  app.add_option("delegations", options.delegations)->required()->check(CLI::PositiveNumber);
  app.add_option("directory", options.directory)->required();
  app.add_flag("--shuffled", options.is_shuffled);
  app.add_option("--vanity", options.vanity);
  app.add_flag("--again", options.reads_again);
  app.add_flag("--facts", options.has_facts);
  app.add_option("--changes", options.changes);
  CLI11_PARSE(app, argc, argv);
  // Else what was freed last would count as held.
  mi_option_set(mi_option_decommit_delay, 0);
  dskeeper::bench::run(options);
  return 0;
}
