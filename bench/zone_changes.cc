#include "zone_changes.h"

#include <fmt/core.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "dns/transfer_answer.h"
#include "dns/transfer_message.h"
#include "dns/zone_file.h"
#include "parent/snapshot.h"
#include "parent/zone_difference.h"
#include "parent/zone_intake.h"
#include "process_cost.h"

namespace dskeeper::bench {
namespace {

using dns::Record;
using dns::RecordType;
using parent::ZoneDifference;

constexpr std::size_t message_octets_aim = 60'000;

const dns::Name& zone() {
  static const dns::Name name = dns::Name::parse("example.").value();
  return name;
}

// The messages of one answer.
class Messages {
 public:
  void add(const Record& record) {
    if (messages_.empty() || messages_.back().size() > message_octets_aim) begin();
    Bytes& out = messages_.back();
    const auto put = [&out](std::size_t value) {
      out.push_back(static_cast<std::uint8_t>(value >> 8U & 0xFFU));
      out.push_back(static_cast<std::uint8_t>(value & 0xFFU));
    };
    const ByteView owner = record.owner.wire();
    out.insert(out.end(), owner.begin(), owner.end());
    put(static_cast<std::size_t>(record.type));
    put(1);
    put(record.ttl.seconds >> 16U);
    put(record.ttl.seconds);
    put(record.rdata.size());
    out.insert(out.end(), record.rdata.begin(), record.rdata.end());
    const auto count = static_cast<std::size_t>(out[6] << 8U | out[7]) + 1;
    out[6] = static_cast<std::uint8_t>(count >> 8U);
    out[7] = static_cast<std::uint8_t>(count);
  }

  [[nodiscard]] const std::vector<Bytes>& all() const { return messages_; }

 private:
  void begin() { messages_.push_back({0, 0, 0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0}); }
  std::vector<Bytes> messages_;
};

Record soa(std::uint8_t serial) {
  Bytes rdata = {0, 0, 0, 0, 0, serial};  // the root twice
  rdata.resize(rdata.size() + 16, 1);
  return {zone(), RecordType::soa, dns::Ttl{3600}, std::move(rdata)};
}

Messages whole_zone(const std::filesystem::path& file) {
  Messages messages;
  messages.add(soa(1));
  auto reader = dns::ZoneFileReader::open(file, zone()).value();
  while (auto record = reader.next().value()) {
    if (record->type != RecordType::soa) messages.add(*record);
  }
  messages.add(soa(1));
  return messages;
}

// What is held of the zone: the snapshot that everybody works with, and what only differences need.
struct Held {
  std::unique_ptr<parent::Snapshot> snapshot;
  std::optional<parent::ZoneRemainder> remainder;
};

template <typename Take>
void receive(const Messages& messages, std::optional<Bytes> held, const Take& take) {
  dns::TransferAnswer answer(zone(), std::move(held));
  for (const Bytes& wire : messages.all()) {
    auto message = dns::parse_transfer_message(wire).value();
    for (const Record& record : message.records) {
      const dns::TransferPart part = answer.next(record).value();
      if (part != dns::TransferPart::end) CHECK(take(part, record));
    }
  }
  CHECK(answer.is_whole());
}

Held read_whole(const Messages& messages) {
  using Intake = parent::ZoneIntake;
  Intake intake(zone(), Time{}, Intake::Keep::while_at_apex, Intake::Next::differences);
  receive(messages, {},
          [&](dns::TransferPart, const Record& record) { return intake.add(record); });
  auto contents = std::move(intake).finish().value();
  CHECK(contents);
  return {std::make_unique<parent::Snapshot>("1", std::move(contents->delegations)),
          std::move(contents->remainder)};
}

Held follow(const Held& held, const Messages& messages) {
  ZoneDifference difference(held.snapshot->delegations(), *held.remainder, Time{});
  receive(messages, held.remainder->soa, [&](dns::TransferPart part, const Record& record) {
    if (part == dns::TransferPart::version) return Result<void>();
    return difference.apply(part == dns::TransferPart::deletion ? ZoneDifference::Step::removal
                                                                : ZoneDifference::Step::addition,
                            record);
  });
  auto version = std::move(difference).finish().value();
  return {std::make_unique<parent::Snapshot>("2", std::move(version.delegations)),
          std::move(version.remainder)};
}

Bytes rdata_of(const dns::Name& host) {
  return {host.wire().begin(), host.wire().end()};
}

// Spread over the zone, of the kinds that a registry sees, in turn.
Messages some_changes(const parent::Snapshot& snapshot, std::size_t changes) {
  const dns::Ttl ttl{3600};
  std::vector<Record> removed;
  std::vector<Record> added;
  const dns::Name new_host = dns::Name::parse("ns1.new-operator.net.").value();
  const std::size_t stride = std::max<std::size_t>(1, snapshot.size() / changes);
  for (std::size_t i = 0; i < changes && i * stride < snapshot.size(); ++i) {
    const Delegation old = snapshot.at(i * stride);
    const NameServer& server = old.name_servers.front();
    if (i % 4 == 0) {  // another DS set
      for (const dns::Ds& ds : old.ds) {
        removed.push_back({old.child, RecordType::ds, old.ds_ttl, ds.to_rdata()});
      }
      Bytes rdata = {1, 2, 13, 2};
      rdata.resize(36, static_cast<std::uint8_t>(i));
      added.push_back({old.child, RecordType::ds, ttl, std::move(rdata)});
    } else if (i % 4 == 1) {  // another name server
      removed.push_back({old.child, RecordType::ns, ttl, rdata_of(server.host)});
      added.push_back({old.child, RecordType::ns, ttl, rdata_of(new_host)});
    } else if (i % 4 == 2) {  // gone
      for (const NameServer& one : old.name_servers) {
        removed.push_back({old.child, RecordType::ns, ttl, rdata_of(one.host)});
      }
    } else {  // new, with glue
      const dns::Name sibling = dns::Name::parse("new-" + old.child.text()).value();
      const dns::Name host = sibling.with_prefix(dns::Name::parse("ns1").value()).value();
      added.push_back({sibling, RecordType::ns, ttl, rdata_of(host)});
      added.push_back({host, RecordType::a, ttl, {192, 0, 2, 1}});
    }
  }
  Messages messages;
  messages.add(soa(2));
  messages.add(soa(1));
  for (const Record& record : removed) messages.add(record);
  messages.add(soa(2));
  for (const Record& record : added) messages.add(record);
  messages.add(soa(2));
  return messages;
}

}  // namespace

void measure_changes(const std::filesystem::path& zone_file, std::size_t changes) {
  const Messages whole = whole_zone(zone_file);
  const std::size_t before = held();
  Held first;
  const double reading = seconds_of([&] { first = read_whole(whole); });
  const std::size_t with_remainder = held();
  const Messages messages = some_changes(*first.snapshot, changes);
  Held second;
  const double following = seconds_of([&] { second = follow(first, messages); });
  const auto count = static_cast<double>(first.snapshot->size());
  // Nobody needs it any more: what is given back was kept for it.
  const std::size_t with_both = held();
  first.remainder.reset();
  second.remainder.reset();
  const auto remainder = static_cast<double>(with_both - held()) / 2;
  fmt::print("whole: {:.3f} s; {} changes: {:.3f} s; ratio {:.4f}\n", reading, changes, following,
             following / reading);
  fmt::print("kept: {:.0f} octets a delegation, of these {:.1f} for the changes alone\n",
             static_cast<double>(with_remainder - before) / count, remainder / count);
}

}  // namespace dskeeper::bench
