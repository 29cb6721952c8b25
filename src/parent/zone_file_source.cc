// The parent zone from a file, as a stream: what is kept is what delegations need.
#include <sys/stat.h>

#include <optional>
#include <string>
#include <utility>

#include "dns/zone_file.h"
#include "parent/aside.h"
#include "parent/delegation_builder.h"
#include "parent/snapshot_maker.h"
#include "parent/sources.h"

namespace dskeeper::parent {
namespace {

// Which file it is and in what state, to notice that it changed while it was read.
struct FileState {
  dev_t device = 0;
  ino_t inode = 0;
  off_t octets = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileState&) const = default;
};

std::optional<FileState> look_at(const std::filesystem::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  constexpr std::int64_t ns_in_s = 1'000'000'000;
  return FileState{status.st_dev, status.st_ino, status.st_size,
                   status.st_mtim.tv_sec * ns_in_s + status.st_mtim.tv_nsec};
}

Result<void> read_records(const ZoneFileSourceOptions& options, DelegationBuilder& builder) {
  auto reader = dns::ZoneFileReader::open(options.file, options.zone);
  if (!reader) return pass_on(std::move(reader));
  while (true) {
    auto record = reader->next();
    if (!record) return pass_on(std::move(record));
    if (!*record) return {};
    if (auto added = builder.add(**record); !added) {
      return fail(added.error().what, reader->where(), added.error().remedy);
    }
  }
}

SnapshotResult read_zone_file(const ZoneFileSourceOptions& options) {
  const std::optional<FileState> before = look_at(options.file);
  DelegationBuilder builder(options.zone);
  if (auto read = read_records(options, builder); !read) return pass_on(std::move(read));
  if (look_at(options.file) != before) {
    return fail("the zone file changed while it was read", options.file.string(),
                "Write it elsewhere and rename it.");
  }
  const std::optional<dns::Serial> serial = builder.serial();
  auto delegations = std::move(builder).finish();
  if (!delegations) {
    return fail(delegations.error().what, options.file.string(), delegations.error().remedy);
  }
  return make_snapshot(options.zone, std::to_string(serial->value), *std::move(delegations),
                       options.facts);
}

class ZoneFileSource final : public Source {
 public:
  explicit ZoneFileSource(ZoneFileSourceOptions options) : options_(std::move(options)) {}

  boost::asio::awaitable<SnapshotResult> read() override {
    std::function<SnapshotResult()> work = [this] { return read_zone_file(options_); };
    SnapshotResult result = co_await run_aside<SnapshotResult>(std::move(work));
    co_return result;
  }

 private:
  ZoneFileSourceOptions options_;
};

}  // namespace

std::unique_ptr<Source> make_zone_file_source(ZoneFileSourceOptions options) {
  return std::make_unique<ZoneFileSource>(std::move(options));
}

}  // namespace dskeeper::parent
