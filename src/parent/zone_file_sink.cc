// A file with the DS set of every delegation, for zones that are made elsewhere and include it.
//
// The file is made anew from the source each time, with the changes on top, and with those earlier
// changes that the source does not show yet (ds_zone_file.h). What would lose DS sets for no change
// of ours is not written: then the source is at fault (design.md, "The source can lag or lie").
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "parent/aside.h"
#include "parent/ds_zone_file.h"
#include "parent/sinks.h"

namespace dskeeper::parent {
namespace {

std::optional<dns::Serial> serial_of(const std::string& revision) {
  dns::Serial serial;
  const char* end = revision.data() + revision.size();
  const auto [rest, error] = std::from_chars(revision.data(), end, serial.value);
  return error == std::errc() && rest == end ? std::optional(serial) : std::nullopt;
}

bool is_older(const std::string& revision, const std::string& than) {
  const auto ours = serial_of(revision);
  const auto theirs = serial_of(than);
  return ours && theirs && theirs->is_newer_than(*ours);
}

// One writing of the file, from the old one, the source and the changes.
class Edit {
 public:
  Edit(const ZoneFileSinkOptions& options, const Snapshot& snapshot, const DsZoneFile& old)
      : options_(options), snapshot_(snapshot), old_(old) {
    next_.revision = snapshot.revision();
    for (std::size_t i = 0; i < snapshot.size(); ++i) carry_over(snapshot.at(i));
  }

  SendResult apply(const Change& change) {
    if (change.name_servers) {
      return {SendStatus::failed,
              "this sink writes DS sets, and has no place for name servers and glue"};
    }
    const std::optional<Delegation> delegation = snapshot_.find(change.child);
    if (!delegation) {
      return {SendStatus::not_as_judged, "the source no longer has the delegation"};
    }
    if (delegation->hosts() != change.hosts) {
      return {SendStatus::not_as_judged, "the NS set is no longer the one judged"};
    }
    const auto found = next_.sets.find(change.child);
    const dns::DsSet current = found == next_.sets.end() ? dns::DsSet{} : found->second.ds;
    if (current != change.before && current != change.after) {
      return {SendStatus::not_as_judged, "the DS set is no longer the one judged"};
    }
    put(change.child, {change.after, change.ttl});
    next_.ahead.erase(change.child);
    if (change.after != delegation->ds) next_.ahead.emplace(change.child, delegation->ds);
    if (change.after.empty()) removed_ += old_.sets.contains(change.child) ? 1 : 0;
    return {SendStatus::taken, {}};
  }

  // Why it must not be written; empty where it may.
  [[nodiscard]] std::string objection() const {
    if (snapshot_.size() == 0) return "the source has no delegations";
    if (is_older(snapshot_.revision(), old_.revision)) {
      return fmt::format("the source's revision {} is older than the file's, {}",
                         snapshot_.revision(), old_.revision);
    }
    const auto is_gone = [&](const auto& entry) { return !next_.sets.contains(entry.first); };
    const auto gone =
        static_cast<std::size_t>(std::count_if(old_.sets.begin(), old_.sets.end(), is_gone));
    const std::size_t vanished = gone - std::min(gone, removed_);
    const double share = options_.vanish_share * static_cast<double>(old_.sets.size());
    if (vanished <= options_.vanish_min || static_cast<double>(vanished) <= share) return {};
    return fmt::format(
        "{} of the {} DS sets in the file would vanish for no change of dskeeper's; "
        "if that is right, move the file away",
        vanished, old_.sets.size());
  }

  [[nodiscard]] const DsZoneFile& next() const { return next_; }

 private:
  void carry_over(const Delegation& delegation) {
    const dns::Name& child = delegation.child;
    const auto old_set = old_.sets.find(child);
    const TimedDsSet in_file = old_set == old_.sets.end() ? TimedDsSet{} : old_set->second;
    const auto ahead = old_.ahead.find(child);
    if (ahead != old_.ahead.end() && ahead->second == delegation.ds &&
        in_file.ds != delegation.ds) {
      put(child, in_file);
      next_.ahead.insert(*ahead);
      return;
    }
    // The file is the home of the TTL of what stands in it.
    dns::Ttl ttl = delegation.ds == in_file.ds ? in_file.ttl : delegation.ds_ttl;
    if (ttl.seconds == 0) ttl = options_.default_ttl;
    put(child, {delegation.ds, ttl});
  }

  void put(const dns::Name& child, TimedDsSet set) {
    if (set.ds.empty()) {
      next_.sets.erase(child);
    } else {
      next_.sets.insert_or_assign(child, std::move(set));
    }
  }

  const ZoneFileSinkOptions& options_;
  const Snapshot& snapshot_;
  const DsZoneFile& old_;
  DsZoneFile next_;
  std::size_t removed_ = 0;  // by changes of this call
};

using Results = std::vector<SendResult>;

// What was to be taken waits, since nothing was written.
Results put_off(Results results, const std::string& reason) {
  for (SendResult& result : results) {
    if (result.status == SendStatus::taken) result = {SendStatus::later, reason};
  }
  return results;
}

Results rewrite(const ZoneFileSinkOptions& options, std::span<const Change> changes,
                const Snapshot& snapshot) {
  Results results(changes.size(), SendResult{SendStatus::taken, {}});
  auto old = read_ds_zone_file(options.file, options.zone);
  if (!old) return put_off(std::move(results), old.error().text());
  const DsZoneFile before = old->value_or(DsZoneFile{});
  Edit edit(options, snapshot, before);
  std::transform(changes.begin(), changes.end(), results.begin(),
                 [&](const Change& change) { return edit.apply(change); });
  if (const std::string objection = edit.objection(); !objection.empty()) {
    return put_off(std::move(results),
                   fmt::format("{} is left as it is: {}", options.file.string(), objection));
  }
  if (*old && edit.next() == before) return results;
  if (auto written = write_ds_zone_file(options.file, options.zone, edit.next()); !written) {
    return put_off(std::move(results), written.error().text());
  }
  return results;
}

class ZoneFileSink final : public Sink {
 public:
  explicit ZoneFileSink(ZoneFileSinkOptions options) : options_(std::move(options)) {}

  bool writes_whole_zone() const override { return true; }
  bool takes_name_servers() const override { return false; }

  boost::asio::awaitable<Results> send(std::span<const Change> changes,
                                       const Snapshot& snapshot) override {
    std::function<Results()> work = [this, changes, &snapshot] {
      return rewrite(options_, changes, snapshot);
    };
    Results results = co_await run_aside<Results>(std::move(work));
    co_return results;
  }

 private:
  ZoneFileSinkOptions options_;
};

}  // namespace

std::unique_ptr<Sink> make_zone_file_sink(ZoneFileSinkOptions options) {
  return std::make_unique<ZoneFileSink>(std::move(options));
}

}  // namespace dskeeper::parent
