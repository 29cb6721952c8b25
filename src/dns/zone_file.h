// Reading a zone file (RFC 1035 §5) as a stream: one record at a time, never the whole file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/rrset.h"

namespace dskeeper::dns {

class ZoneFileReader {
 public:
  // `origin` is the zone's name, for relative names before a $ORIGIN. Only records of these types
  // are given, all when empty; leaving out RRSIG and NSEC3 of a signed zone saves most of the time.
  [[nodiscard]] static Result<ZoneFileReader> open(const std::filesystem::path& path,
                                                   const Name& origin,
                                                   std::vector<RecordType> types = {});
  ZoneFileReader(ZoneFileReader&&) noexcept;
  ZoneFileReader& operator=(ZoneFileReader&&) noexcept;
  ~ZoneFileReader();

  // From now on only records of these types are given.
  void want(std::vector<RecordType> types);

  // The next record, or nothing at the end. A syntax error names file and line; nothing after it
  // may be used. $INCLUDE is refused.
  [[nodiscard]] Result<std::optional<Record>> next();

  // Did what was read so far end in a newline? At the end of a file, one that does not may be cut.
  [[nodiscard]] bool ends_in_newline() const;

  // "example.zone:12": where the record that next() gave begins, for faults of the caller's.
  [[nodiscard]] std::string where() const;

 private:
  struct State;
  explicit ZoneFileReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace dskeeper::dns
