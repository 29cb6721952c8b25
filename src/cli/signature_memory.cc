#include "cli/signature_memory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace dskeeper::cli {
namespace {

constexpr mode_t ours_alone = 0600;
constexpr mode_t others = 0077;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> system_failure(const std::filesystem::path& file) {
  return fail(std::strerror(errno), file.string());
}

// Null where there is none.
Result<std::shared_ptr<dns::VerifiedSignatures>> read(const std::filesystem::path& file) {
  const Descriptor opened(open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (opened.get() < 0 && errno == ENOENT) return nullptr;
  if (opened.get() < 0) return system_failure(file);
  struct stat about {};
  if (fstat(opened.get(), &about) != 0) return system_failure(file);
  if (!S_ISREG(about.st_mode)) return fail("it is no plain file", file.string());
  if (about.st_uid != geteuid()) return fail("it belongs to somebody else", file.string());
  if ((about.st_mode & others) != 0) return fail("others may read or write it", file.string());
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size > dns::VerifiedSignatures::octets_max()) return fail("it is too large", file.string());
  Bytes octets(size);
  std::size_t at = 0;
  while (at < size) {
    const ssize_t count = ::read(opened.get(), octets.data() + at, size - at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(file);
    if (count == 0) return fail("it is damaged", file.string());
    at += static_cast<std::size_t>(count);
  }
  auto signatures = dns::VerifiedSignatures::from_octets(octets);
  if (!signatures) return fail(signatures.error().what, file.string());
  return signatures;
}

Result<void> write(const std::filesystem::path& file, ByteView octets) {
  std::filesystem::path beside = file;
  beside += ".new";
  unlink(beside.c_str());  // what a killed process left
  {
    const Descriptor opened(
        open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, ours_alone));
    if (opened.get() < 0) return system_failure(beside);
    while (!octets.empty()) {
      const ssize_t count = ::write(opened.get(), octets.data(), octets.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        const auto failure = system_failure(beside);
        unlink(beside.c_str());
        return failure;
      }
      octets = octets.subspan(static_cast<std::size_t>(count));
    }
  }
  if (rename(beside.c_str(), file.c_str()) != 0) return system_failure(file);
  return {};
}

}  // namespace

SignatureMemory::SignatureMemory(std::filesystem::path file) : file_(std::move(file)) {
  auto kept = read(file_);
  if (kept && *kept != nullptr) {
    known_ = *std::move(kept);
    return;
  }
  if (!kept) trouble_ = kept.error().text();
  known_ = std::make_shared<dns::VerifiedSignatures>();
}

Result<void> SignatureMemory::save() {
  const std::scoped_lock lock(saving_);
  const std::uint64_t added = known_->added();
  if (added == saved_) return {};
  Result<void> written = write(file_, known_->to_octets());
  if (written) saved_ = added;
  return written;
}

}  // namespace dskeeper::cli
