#include "parent/file_state.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace dskeeper::parent {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t in_a_second = 1'000'000'000;
  return time.tv_sec * in_a_second + time.tv_nsec;
}

}  // namespace

std::string FileState::text() const {
  return fmt::format("{}:{}:{}:{}:{}", device, inode, octets, modified_ns, changed_ns);
}

Result<FileState> look_at(const std::filesystem::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    return fail(fmt::format("the file cannot be read: {}", std::strerror(errno)), path.string(),
                "Check the path, and that dskeeper's user may read it.");
  }
  return FileState{status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
                   nanoseconds(status.st_ctim)};
}

}  // namespace dskeeper::parent
