// Replacing a file whole or not at all: written beside the old one, synced, renamed, synced again.
//
// At every moment, also after a power cut, the path shows the whole old or the whole new contents.
// A full disk leaves the old file. One writer at a time: the new file's name is fixed, so that what
// a killed process left is overwritten.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dskeeper::parent {

class AtomicFile {
 public:
  // The folder must exist; the new file gets the old one's mode, else 0644. A path that is a
  // symbolic link is followed, so that the link stays.
  [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();  // without commit() nothing has happened

  // Errors may come as late as commit().
  [[nodiscard]] Result<void> write(std::string_view text);
  [[nodiscard]] Result<void> commit();

 private:
  AtomicFile(std::filesystem::path path, std::filesystem::path beside, int fd);
  [[nodiscard]] Result<void> flush();
  [[nodiscard]] tl::unexpected<Error> failure(const char* what) const;

  std::filesystem::path path_;
  std::filesystem::path beside_;
  int fd_;
  std::string buffer_;
};

}  // namespace dskeeper::parent
