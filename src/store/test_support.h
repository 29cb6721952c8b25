// What the store's tests share: a directory of their own, and values to put into a store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/time.h"
#include "dns/name.h"
#include "model/case.h"
#include "model/change.h"
#include "model/journal.h"

namespace dskeeper::store {

// Removed with everything in it at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

[[nodiscard]] dns::Name name(std::string_view text);
// So many seconds after an arbitrary midnight.
[[nodiscard]] Time at_second(std::int64_t seconds);

// Values with something in every field; `second` sets their times.
[[nodiscard]] Case sample_case(std::string_view child, std::string_view parent = "example.",
                               std::int64_t second = 0);
[[nodiscard]] Change sample_change(std::string_view child, std::string_view parent = "example.",
                                   std::int64_t second = 0);
[[nodiscard]] Event sample_event(std::string_view child, std::string_view parent = "example.",
                                 std::int64_t second = 0);

}  // namespace dskeeper::store
