// Owner names of one zone with records of theirs, packed, in canonical order.
//
// Made by one thread; many may read it then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/byte_arena.h"
#include "parent/owner_records.h"

namespace dskeeper::parent {

class OwnerTable {
 public:
  explicit OwnerTable(dns::Name zone) : host_sets_(std::move(zone)) {}

  // Each owner once, in canonical order, relative to the zone (relative_name.h).
  void append(ByteView owner, OwnerRecords& records);
  // Nothing more is going to come: gives back memory.
  void close();

  [[nodiscard]] std::size_t size() const { return addresses_.size(); }
  [[nodiscard]] ByteView owner(std::size_t index) const;
  [[nodiscard]] OwnerRecords at(std::size_t index) const;
  // Of an owner that is not there: none.
  [[nodiscard]] OwnerRecords find(ByteView owner) const;

 private:
  ByteArena arena_;
  std::vector<std::uint64_t> addresses_;
  HostSets host_sets_;
  Bytes scratch_;
};

}  // namespace dskeeper::parent
