// Which file a path names and in what state it is: to notice that it changed, without reading it.
//
// Internal to src/parent.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace dskeeper::parent {

struct FileState {
  dev_t device = 0;
  ino_t inode = 0;
  off_t octets = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;  // the inode: nobody can set this time back

  [[nodiscard]] std::string text() const;
  bool operator==(const FileState&) const = default;
};

[[nodiscard]] Result<FileState> look_at(const std::filesystem::path& path);

}  // namespace dskeeper::parent
