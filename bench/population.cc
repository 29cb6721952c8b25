// Makes the benchmark's population: the parent's delegations, what is served, hints and anchor.
//
// usage: population CHILDREN DIR [--operators N] [--zipf] [--responder]. Writes into DIR:
//   delegations.zone  example. as a registry's database writes it, unsigned: dskeeper's source
//   empty.zone        the same without children
//   zones/            root, op, and unless --responder example and children/NAMEzone, all signed
//   children          "name kind operator" a line, unless --responder
//   operators         "address address" a line
//   keys/             with --responder: the keys that it signs with
//   root.hints, root.key
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include "base/check.h"
#include "child_zone.h"
#include "key_ring.h"
#include "scale_options.h"
#include "world.h"
#include "zone_signer.h"

namespace dskeeper::bench {
namespace {

using dns::Name;
using dns::Record;
namespace fs = std::filesystem;

class ZoneWriter {
 public:
  explicit ZoneWriter(const fs::path& path) : file_(path, std::ios::binary) {}
  void add(const std::vector<Record>& records) {
    text_.clear();
    for (const Record& record : records) {
      fmt::format_to(std::back_inserter(text_), "{} {} IN {} {}\n", record.owner.text(),
                     record.ttl.seconds, dns::to_text(record.type),
                     dns::rdata_text(record.type, record.rdata));
    }
    file_ << text_;
  }
  void close() { CHECK(file_.flush().good()); }

 private:
  std::ofstream file_;
  std::string text_;
};

void write_zone(const fs::path& path, const std::vector<Record>& records) {
  ZoneWriter writer(path);
  writer.add(records);
  writer.close();
}

void append(std::vector<Record>& to, const std::vector<Record>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

enum class Served { by_knot, by_responder };

class Population {
 public:
  Population(const World& world, fs::path directory, Served served, const Validity& validity)
      : world_(world), directory_(std::move(directory)), served_(served), validity_(validity) {}

  void write() {
    fs::create_directories(directory_ / "zones" / "children");
    write_zone(directory_ / "empty.zone", apex(example_));
    write_children();
    const Name op = name("op.");
    const Record op_ds = sign_and_write(op, operators(op));
    std::vector<Record> delegations = {ns_record(op, parent_server().name), op_ds};
    if (served_ == Served::by_knot) {
      delegations.push_back(ns_record(example_, parent_server().name));
      delegations.push_back(sign_and_write(example_, std::move(parent_)));
    } else {
      CHECK(keys_.write(directory_ / "keys").has_value());
    }
    write_root(std::move(delegations));
  }

 private:
  static std::vector<Record> apex(const Name& zone) {
    return {soa_record(zone, parent_server().name), ns_record(zone, parent_server().name)};
  }

  // The responder's children are in no file but the parent's.
  void write_children() {
    ZoneWriter source(directory_ / "delegations.zone");
    source.add(apex(example_));
    parent_ = apex(example_);
    std::ofstream list;
    if (served_ == Served::by_knot) list.open(directory_ / "children");
    for (std::size_t i = 0; i < world_.child_count(); ++i) {
      const Child child = world_.child(i);
      std::vector<Record> delegation;
      if (served_ == Served::by_responder) {
        delegation = delegation_of(child, keys_.of(child.operator_index));
      } else {
        list << fmt::format("{} {} {}\n", child.name.text(), to_text(child.kind),
                            child.operator_index);
        delegation = write_child(child);
        append(parent_, delegation);
      }
      source.add(delegation);
    }
    source.close();
  }

  static std::vector<Record> delegation_of(const Child& child, const ZoneKeys& keys) {
    std::vector<Record> delegation;
    for (const NameServer& server : World::name_servers(child.operator_index)) {
      delegation.push_back(ns_record(child.name, server.name));
    }
    if (is_secure(child.kind)) delegation.push_back(ds_record(child.name, keys));
    return delegation;
  }

  // Returns its delegation.
  [[nodiscard]] std::vector<Record> write_child(const Child& child) const {
    const ZoneKeys keys = has_one_key(child.operator_index) ? make_csk() : make_ksk_and_zsk();
    std::vector<Record> zone = plain_zone(child);
    if (publishes_cds(child.kind)) append(zone, request_records(child.name, keys));
    if (is_signed(child.kind)) {
      zone =
          sign_zone(child.name, std::move(zone), keys, denial_of(child.operator_index), validity_);
    }
    write_zone(directory_ / "zones" / "children" / (child.name.text() + "zone"), zone);
    return delegation_of(child, keys);
  }

  [[nodiscard]] std::vector<Record> operators(const Name& op) const {
    std::vector<Record> zone = apex(op);
    zone.push_back(a_record(parent_server().name, parent_server().address));
    std::ofstream list(directory_ / "operators");
    for (std::size_t i = 0; i < world_.operator_count(); ++i) {
      const auto servers = World::name_servers(i);
      list << servers[0].address << ' ' << servers[1].address << '\n';
      for (const NameServer& server : servers) {
        zone.push_back(a_record(server.name, server.address));
      }
    }
    return zone;
  }

  // Returns the zone's DS.
  [[nodiscard]] Record sign_and_write(const Name& zone, std::vector<Record> records) const {
    const ZoneKeys keys = make_csk();
    write_zone(directory_ / "zones" / (zone.text() + "zone"),
               sign_zone(zone, std::move(records), keys, Denial::nsec, validity_));
    return ds_record(zone, keys);
  }

  void write_root(std::vector<Record> delegations) const {
    const Name root;
    const std::vector<Record> hints = {ns_record(root, root_server().name),
                                       a_record(root_server().name, root_server().address)};
    write_zone(directory_ / "root.hints", hints);
    append(delegations, hints);
    delegations.push_back(soa_record(root, root_server().name));
    delegations.push_back(a_record(parent_server().name, parent_server().address));
    const ZoneKeys keys = make_csk();
    write_zone(directory_ / "zones" / "root.zone",
               sign_zone(root, std::move(delegations), keys, Denial::nsec, validity_));
    write_zone(directory_ / "root.key", {ds_record(root, keys)});
  }

  const World& world_;
  const fs::path directory_;
  const Served served_;
  const Validity validity_;
  const Name example_ = name("example.");
  const KeyRing keys_;          // of the responder's children
  std::vector<Record> parent_;  // example., for Knot to serve
};

}  // namespace
}  // namespace dskeeper::bench

int main(int argc, char** argv) {
  namespace bench = dskeeper::bench;
  bench::Scale scale;
  std::filesystem::path directory;
  auto served = bench::Served::by_knot;
  CLI::App app("Makes the benchmark's population");
  bench::add_scale_options(app, scale, directory);
  app.add_flag_callback(
      "--responder", [&] { served = bench::Served::by_responder; },
      "the children are served by the responder");
  CLI11_PARSE(app, argc, argv);
  const dskeeper::Time now = dskeeper::SystemClock().now();
  const bench::World world(scale);
  bench::Population(world, directory, served,
                    {now - std::chrono::hours(1), now + std::chrono::days(30)})
      .write();
  return 0;
}
