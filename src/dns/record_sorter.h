// Records of a zone in canonical order (RFC 4034 §6.1, §6.3; RFC 8976 §3.3.1), in bounded memory.
//
// What does not fit is sorted in runs, written to an unlinked file in the folder for temporary
// files ($TMPDIR), and merged. Not thread-safe; may be handed to another thread between calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/rrset.h"

namespace dskeeper::dns {

inline constexpr std::size_t sorted_run_octets = std::size_t{16} << 20U;

class RecordSorter {
 public:
  explicit RecordSorter(std::size_t run_octets = sorted_run_octets);
  RecordSorter(RecordSorter&& other) noexcept;
  RecordSorter& operator=(RecordSorter&&) = delete;
  ~RecordSorter();

  [[nodiscard]] Result<void> add(const Record& record);

  // Each record once, in order, as it stands uncompressed on the wire. Ends the sorting.
  using Visitor = std::function<void(ByteView wire)>;
  [[nodiscard]] Result<void> visit(const Visitor& visitor);

 private:
  struct Run {
    std::uint64_t begin = 0;  // in the file
    std::uint64_t end = 0;
  };
  class RunReader;

  void sort();
  [[nodiscard]] Result<void> spill();
  [[nodiscard]] Result<void> merge(const Visitor& visitor) const;

  std::size_t run_octets_;
  Bytes entries_;  // of the run that is being gathered
  std::vector<std::size_t> offsets_;
  std::vector<Run> runs_;
  int file_ = -1;
};

}  // namespace dskeeper::dns
