// Octet strings of which each is kept once, under a number.
//
// For what many values share: the name servers of an operator, a registrar's name. Numbers count
// from 0 in the order of first appearance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/byte_arena.h"
#include "base/bytes.h"

namespace dskeeper {

class InternedOctets {
 public:
  // The number of these octets, now or ever since they came first.
  std::uint32_t intern(ByteView octets);
  [[nodiscard]] ByteView at(std::uint32_t number) const;
  [[nodiscard]] std::size_t size() const { return addresses_.size(); }

  // Nothing more is going to come: gives back the memory that only intern() needs.
  void close();

 private:
  // Where octets of this hash may stand. Half a hash beside the number tells most others apart
  // without a look at them.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = vacant;
  };
  static constexpr std::uint32_t vacant = 0xFFFFFFFFU;

  void grow();
  [[nodiscard]] std::size_t next(std::size_t place) const { return (place + 1) % slots_.size(); }

  ByteArena arena_;  // each with its length in front
  std::vector<std::uint64_t> addresses_;
  std::vector<Slot> slots_;  // open addressing; a power of two
  bool is_closed_ = false;
  Bytes scratch_;
};

}  // namespace dskeeper
