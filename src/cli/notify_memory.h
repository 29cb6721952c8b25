// What a child's parent was told of last, so that a hook may call `dskeeper notify` as often as it
// likes: a folder with one small file for each zone and type.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "child/published.h"
#include "dns/name.h"

namespace dskeeper::cli {

class NotifyMemory {
 public:
  // An empty folder remembers nothing.
  NotifyMemory(const std::filesystem::path& folder, const dns::Name& child, dns::RecordType type);

  // Are these the records that were notified of last? A file that cannot be read knows nothing.
  [[nodiscard]] bool knows(const child::Records& records) const;
  [[nodiscard]] Result<void> remember(const child::Records& records) const;

 private:
  std::filesystem::path path_;
};

}  // namespace dskeeper::cli
