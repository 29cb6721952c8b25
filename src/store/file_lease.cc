#include "store/file_lease.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/bytes.h"

namespace dskeeper::store {
namespace {

// Longer zone names are hashed: a file name has at most 255 octets.
constexpr std::size_t zone_octets_max = 120;

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (number_ >= 0) close(number_);
  }
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

class FileLease final : public Lease {
 public:
  explicit FileLease(int descriptor) : descriptor_(descriptor) {}
  ~FileLease() override {
    // The lock is still ours, so that this cannot wipe out the next holder's id.
    static_cast<void>(ftruncate(descriptor_.get(), 0) == 0);
  }

 private:
  FileDescriptor descriptor_;
};

// A label may hold anything, "/" and ".." too (RFC 2317).
std::string zone_as_file_name(const dns::Name& zone) {
  if (zone.is_root()) return "root";
  std::string name;
  for (const char c : zone.text()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                       (c == '.' && !name.empty());
    name += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  name.pop_back();  // the final dot
  return name.size() <= zone_octets_max ? name : to_hex(sha256(zone.wire()));
}

// The database by its true name: two ways to one store must not give two leases.
std::string true_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path canonical = std::filesystem::canonical(path, error);
  return error ? path : canonical.string();
}

std::string holder(int descriptor) {
  std::array<char, 20> text{};
  const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
  const auto end = size <= 0 ? text.begin() : text.begin() + size;
  const auto digits =
      std::find_if_not(text.begin(), end, [](char c) { return c >= '0' && c <= '9'; });
  if (digits == text.begin()) return "another process";
  return "process " + std::string(text.begin(), digits);
}

Error system_error(std::string_view what, const std::string& path) {
  const std::string reason = std::generic_category().message(errno);
  return {fmt::format("{}: {}", what, reason), path, "Let this user write the store's directory."};
}

}  // namespace

Result<std::unique_ptr<Lease>> take_file_lease(const std::string& database_path,
                                               const dns::Name& zone) {
  const std::string path =
      fmt::format("{}.{}.lease", true_path(database_path), zone_as_file_name(zone));
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (file.get() < 0) {
    return tl::unexpected<Error>(system_error("the lease cannot be opened", path));
  }
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return tl::unexpected<Error>(system_error("the lease cannot be locked", path));
    }
    return fail(fmt::format("the zone {} is held by {}", zone.text(), holder(file.get())), path,
                "One process works on a parent zone at a time; stop that one, or wait for it.");
  }
  const std::string id = fmt::format("{}\n", getpid());
  if (ftruncate(file.get(), 0) != 0 ||
      pwrite(file.get(), id.data(), id.size(), 0) != static_cast<ssize_t>(id.size())) {
    return tl::unexpected<Error>(system_error("the lease cannot be written", path));
  }
  return std::make_unique<FileLease>(file.release());
}

}  // namespace dskeeper::store
