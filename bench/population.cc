// Makes the benchmark's population: every zone signed, the parent's delegations, hints and anchor.
//
// usage: population CHILDREN DIR. Writes into DIR:
//   zones/          root, op, example (signed, served), and children/NAMEzone
//   delegations.zone  example. as a registry's database writes it, unsigned: dskeeper's source
//   empty.zone        the same without children
//   children        "name kind operator" a line; operators: "address address" a line
//   root.hints, root.key
#include <fmt/core.h>

#include <charconv>
#include <filesystem>
#include <fstream>

#include "base/check.h"
#include "world.h"
#include "zone_signer.h"

namespace dskeeper::bench {
namespace {

using dns::Name;
using dns::Record;
using dns::RecordType;
namespace fs = std::filesystem;

void write_zone(const fs::path& path, const std::vector<Record>& records) {
  std::string text;
  for (const Record& record : records) {
    fmt::format_to(std::back_inserter(text), "{} {} IN {} {}\n", record.owner.text(),
                   record.ttl.seconds, dns::to_text(record.type),
                   dns::rdata_text(record.type, record.rdata));
  }
  std::ofstream file(path, std::ios::binary);
  file << text;
  CHECK(file.flush().good());
}

Record ds_record(const Name& owner, const ZoneKeys& keys) {
  const auto ds = dns::make_ds(owner, keys.entry().dnskey(), dns::DigestType::sha256);
  CHECK(ds.has_value());
  return {owner, RecordType::ds, zone_ttl, ds->to_rdata()};
}

void append(std::vector<Record>& to, const std::vector<Record>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

class Population {
 public:
  Population(const World& world, fs::path directory, const Validity& validity)
      : world_(world), directory_(std::move(directory)), validity_(validity) {}

  void write() {
    fs::create_directories(directory_ / "zones" / "children");
    write_children();
    const Name example = name("example.");
    const Name op = name("op.");
    std::vector<Record> parent = apex(example);
    write_zone(directory_ / "empty.zone", parent);
    append(parent, delegations_);
    write_zone(directory_ / "delegations.zone", parent);
    const Record example_ds = sign_and_write(example, std::move(parent));
    const Record op_ds = sign_and_write(op, operators(op));
    write_root({ns_record(example, parent_server().name), example_ds,
                ns_record(op, parent_server().name), op_ds});
  }

 private:
  static std::vector<Record> apex(const Name& zone) {
    return {soa_record(zone, parent_server().name), ns_record(zone, parent_server().name)};
  }

  void write_children() {
    std::ofstream list(directory_ / "children");
    for (std::size_t i = 0; i < world_.child_count(); ++i) {
      const Child child = world_.child(i);
      list << fmt::format("{} {} {}\n", child.name.text(), to_text(child.kind),
                          child.operator_index);
      write_child(child);
    }
  }

  void write_child(const Child& child) {
    std::vector<Record> zone;
    const auto servers = world_.name_servers(child.operator_index);
    zone.push_back(soa_record(child.name, servers.front().name));
    for (const NameServer& server : servers) zone.push_back(ns_record(child.name, server.name));
    append(delegations_, {zone.begin() + 1, zone.end()});
    zone.push_back(a_record(child.name, "192.0.2.80"));
    zone.push_back(a_record(name("www." + child.name.text()), "192.0.2.80"));
    if (child.kind != Kind::plain) zone = signed_child(child, std::move(zone));
    write_zone(directory_ / "zones" / "children" / (child.name.text() + "zone"), zone);
  }

  // How a zone is signed is its operator's habit: half of them have one key a zone, and a quarter
  // NSEC3.
  std::vector<Record> signed_child(const Child& child, std::vector<Record> zone) {
    const ZoneKeys keys = child.operator_index % 2 == 0 ? make_csk() : make_ksk_and_zsk();
    const Denial denial = child.operator_index / 2 % 4 == 1 ? Denial::nsec3 : Denial::nsec;
    const Record ds = ds_record(child.name, keys);
    if (child.kind != Kind::asking) delegations_.push_back(ds);
    if (child.kind != Kind::silent) {
      zone.push_back({child.name, RecordType::cds, zone_ttl, ds.rdata});
      zone.push_back({child.name, RecordType::cdnskey, zone_ttl, keys.entry().dnskey().to_rdata()});
    }
    return sign_zone(child.name, std::move(zone), keys, denial, validity_);
  }

  [[nodiscard]] std::vector<Record> operators(const Name& op) const {
    std::vector<Record> zone = apex(op);
    zone.push_back(a_record(parent_server().name, parent_server().address));
    std::ofstream list(directory_ / "operators");
    for (std::size_t i = 0; i < world_.operator_count(); ++i) {
      const auto servers = world_.name_servers(i);
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
  const Validity validity_;
  std::vector<Record> delegations_;
};

int run(std::string_view count, const fs::path& directory) {
  std::size_t children = 0;
  const auto parsed = std::from_chars(count.data(), count.data() + count.size(), children);
  if (parsed.ec != std::errc() || parsed.ptr != count.data() + count.size() || children == 0) {
    fmt::print(stderr, "population: {} is not a number of children\n", count);
    return 2;
  }
  const Time now = SystemClock().now();
  const World world(children);
  Population(world, directory, {now - std::chrono::hours(1), now + std::chrono::days(30)}).write();
  return 0;
}

}  // namespace
}  // namespace dskeeper::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: population CHILDREN DIR\n");
    return 2;
  }
  return dskeeper::bench::run(argv[1], argv[2]);
}
