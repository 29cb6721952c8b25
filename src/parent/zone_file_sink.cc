// A file with the DS set of every delegation, for zones that are made elsewhere and include it; or
// with the whole of every delegation, for zones that leave these to dskeeper.
//
// The file is made anew from the source each time, with the changes on top, and with those earlier
// changes that the source does not show yet (delegation_file.h). What would lose DS sets or
// delegations for no change of ours is not written: then the source is at fault (design.md, "The
// source can lag or lie").
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "parent/aside.h"
#include "parent/zone_file_edit.h"

namespace dskeeper::parent {
namespace {

using Results = std::vector<SendResult>;

// What was to be taken waits, since nothing was written.
Results put_off(Results results, const std::string& reason) {
  for (SendResult& result : results) {
    if (result.status == SendStatus::taken) result = {SendStatus::later, reason};
  }
  return results;
}

// Fails where the file stays as it was; `results` are then of a file that is not there.
Result<void> rewrite(const ZoneFileSinkOptions& options, std::span<const Change> changes,
                     const Snapshot& snapshot, Results& results) {
  auto old = read_delegation_file(options.file, options.zone, options.content);
  if (!old) return pass_on(std::move(old));
  const DelegationFile nothing(options.zone);
  const DelegationFile& before = *old ? **old : nothing;
  ZoneFileEdit edit(options, snapshot, before);
  std::transform(changes.begin(), changes.end(), results.begin(),
                 [&](const Change& change) { return edit.apply(change); });
  const DelegationFile next = edit.make_next();
  if (const std::string objection = edit.objection(next); !objection.empty()) {
    return fail(fmt::format("{} is left as it is: {}", options.file.string(), objection));
  }
  if (*old && next == before) return {};
  return write_delegation_file(options.file, options.content, next);
}

Results take(const ZoneFileSinkOptions& options, std::span<const Change> changes,
             const Snapshot& snapshot) {
  Results results(changes.size(), SendResult{SendStatus::taken, {}});
  const Result<void> written = rewrite(options, changes, snapshot, results);
  return written ? results : put_off(std::move(results), written.error().text());
}

class ZoneFileSink final : public Sink {
 public:
  explicit ZoneFileSink(ZoneFileSinkOptions options) : options_(std::move(options)) {}

  bool writes_whole_zone() const override { return true; }

  boost::asio::awaitable<Results> send(std::span<const Change> changes,
                                       const Snapshot& snapshot) override {
    std::function<Results()> work = [this, changes, &snapshot] {
      return take(options_, changes, snapshot);
    };
    Results results = co_await run_aside<Results>(std::move(work));
    co_return results;
  }

  boost::asio::awaitable<Result<void>> follow(const Snapshot& snapshot) override {
    std::function<Result<void>()> work = [this, &snapshot]() -> Result<void> {
      Results none;
      return rewrite(options_, {}, snapshot, none);
    };
    Result<void> written = co_await run_aside<Result<void>>(std::move(work));
    co_return written;
  }

 private:
  ZoneFileSinkOptions options_;
};

}  // namespace

std::unique_ptr<Sink> make_zone_file_sink(ZoneFileSinkOptions options) {
  return std::make_unique<ZoneFileSink>(std::move(options));
}

}  // namespace dskeeper::parent
