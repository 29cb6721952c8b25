// The parent zone from a file, as a stream: what is kept is what delegations need.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "dns/zone_file.h"
#include "parent/aside.h"
#include "parent/file_state.h"
#include "parent/snapshot_maker.h"
#include "parent/sources.h"
#include "parent/zone_intake.h"

namespace dskeeper::parent {
namespace {

// A file that is cut off must not look like delegations that vanished, or like other hosts:
// "ns1.op" where "ns1.op.example." was meant.
Result<void> check_end(const dns::ZoneFileReader& reader) {
  if (reader.ends_in_newline()) return {};
  return fail("the last line does not end in a newline: is the file cut off?", reader.where(),
              "Write the file whole; if it is, end its last line.");
}

Result<void> read_records(const ZoneFileSourceOptions& options, ZoneIntake& intake) {
  auto reader = dns::ZoneFileReader::open(options.file, options.zone);
  if (!reader) return pass_on(std::move(reader));
  bool reads_all = true;
  while (true) {
    auto record = reader->next();
    if (!record) return pass_on(std::move(record));
    if (!*record) return check_end(*reader);
    if (auto added = intake.add(**record); !added) {
      return fail(added.error().what, reader->where(), added.error().remedy);
    }
    if (reads_all && !intake.wants_all()) {
      reader->want(intake.wanted());
      reads_all = false;
    }
  }
}

Result<std::optional<ZoneContents>> read_contents(const ZoneFileSourceOptions& options, Time now,
                                                  ZoneIntake::Keep keep) {
  ZoneIntake intake(options.zone, now, keep);
  if (auto read = read_records(options, intake); !read) return pass_on(std::move(read));
  auto contents = std::move(intake).finish();
  if (contents) return contents;
  const Error& error = contents.error();
  return fail(error.what, error.where.empty() ? options.file.string() : error.where, error.remedy);
}

SnapshotResult read_zone_file(const ZoneFileSourceOptions& options, Time now) {
  const auto before = look_at(options.file);
  if (!before) return fail(before.error().what, before.error().where, before.error().remedy);
  auto contents = read_contents(options, now, ZoneIntake::Keep::while_at_apex);
  if (contents && !*contents) contents = read_contents(options, now, ZoneIntake::Keep::all);
  if (!contents) return pass_on(std::move(contents));
  CHECK(*contents);
  const auto after = look_at(options.file);
  if (!after || *after != *before) {
    return fail("the zone file changed while it was read", options.file.string(),
                "Write it elsewhere and rename it.");
  }
  ZoneContents& zone = **contents;
  SourceFacts source{before->text(), zone.soa_signature, std::move(zone.warnings), {}};
  return make_snapshot(std::to_string(zone.serial.value), std::move(zone.delegations),
                       std::move(source), options.facts);
}

class ZoneFileSource final : public Source {
 public:
  ZoneFileSource(ZoneFileSourceOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}

  boost::asio::awaitable<SnapshotResult> read() override {
    std::function<SnapshotResult()> work = [this] {
      return read_zone_file(options_, clock_.now());
    };
    SnapshotResult result = co_await run_aside<SnapshotResult>(std::move(work));
    co_return result;
  }

  boost::asio::awaitable<Result<bool>> has_changed(const Snapshot& snapshot) override {
    const Result<std::string> state = state_of(options_.file, options_.facts);
    co_return state.map([&](const std::string& now) { return now != snapshot.state(); });
  }

 private:
  ZoneFileSourceOptions options_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Source> make_zone_file_source(ZoneFileSourceOptions options, const Clock& clock) {
  return std::make_unique<ZoneFileSource>(std::move(options), clock);
}

}  // namespace dskeeper::parent
