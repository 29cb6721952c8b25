#include "parent/atomic_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

namespace dskeeper::parent {
namespace {

constexpr std::size_t buffer_octets = 1U << 20U;
constexpr mode_t default_mode = 0644;
constexpr int links_max = 8;

// The rename is kept by the folder, which must be synced too.
bool sync_folder_of(const std::filesystem::path& path) {
  const int fd = open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool is_synced = fsync(fd) == 0;
  close(fd);
  return is_synced;
}

// Where the contents are or will be: the end of a chain of links may not exist yet.
Result<std::filesystem::path> follow_links(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path real = std::filesystem::absolute(path, error);
  for (int i = 0; i < links_max && !error; ++i) {
    if (!std::filesystem::is_symlink(std::filesystem::symlink_status(real, error))) return real;
    real = real.parent_path() / std::filesystem::read_symlink(real, error);
  }
  return fail(error ? fmt::format("the file cannot be found: {}", error.message())
                    : fmt::format("more than {} symbolic links follow each other", links_max),
              path.string());
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path, std::filesystem::path beside, int fd)
    : path_(std::move(path)), beside_(std::move(beside)), fd_(fd) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      beside_(std::move(other.beside_)),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)) {}

AtomicFile::~AtomicFile() {
  if (fd_ < 0) return;
  close(fd_);
  unlink(beside_.c_str());
}

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path) {
  auto followed = follow_links(path);
  if (!followed) return pass_on(std::move(followed));
  const std::filesystem::path real = *std::move(followed);
  const std::filesystem::path beside =
      real.parent_path() / fmt::format(".{}.new", real.filename().string());
  const int fd =
      open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, default_mode);
  AtomicFile file(real, beside, fd);
  if (fd < 0) return file.failure("created");
  struct stat old {};
  const mode_t mode = stat(real.c_str(), &old) == 0 ? old.st_mode & 07777U : default_mode;
  if (fchmod(fd, mode) != 0) return file.failure("given the old one's mode");
  return file;
}

Result<void> AtomicFile::write(std::string_view text) {
  buffer_ += text;
  return buffer_.size() < buffer_octets ? Result<void>() : flush();
}

Result<void> AtomicFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failure("written");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  return {};
}

Result<void> AtomicFile::commit() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (fsync(fd_) != 0) return failure("synced");
  // NFS reports a full disk no sooner than here.
  const int fd = std::exchange(fd_, -1);
  const bool is_done = close(fd) == 0 && std::rename(beside_.c_str(), path_.c_str()) == 0;
  if (!is_done) {
    auto error = failure("renamed");
    unlink(beside_.c_str());
    return error;
  }
  if (!sync_folder_of(path_)) return failure("synced with its folder");
  return {};
}

tl::unexpected<Error> AtomicFile::failure(const char* what) const {
  return fail(fmt::format("the new file cannot be {}: {}", what, std::strerror(errno)),
              path_.string(), "Check the disk's space, and that dskeeper's user may write there.");
}

}  // namespace dskeeper::parent
