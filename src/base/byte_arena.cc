#include "base/byte_arena.h"

#include <algorithm>

namespace dskeeper {
namespace {

// An address is the chunk's number and the place in it.
constexpr unsigned place_bits = 22;
constexpr std::size_t chunk_octets = std::size_t{1} << place_bits;

}  // namespace

std::uint64_t ByteArena::append(ByteView octets) {
  if (chunks_.empty() || chunks_.back().capacity() - chunks_.back().size() < octets.size() ||
      chunks_.back().size() >= chunk_octets) {
    chunks_.emplace_back().reserve(std::max(chunk_octets, octets.size()));
  }
  Bytes& chunk = chunks_.back();
  const std::uint64_t address = (chunks_.size() - 1) << place_bits | chunk.size();
  chunk.insert(chunk.end(), octets.begin(), octets.end());
  return address;
}

ByteView ByteArena::from(std::uint64_t address) const {
  const ByteView chunk = chunks_[address >> place_bits];
  return chunk.subspan(address & (chunk_octets - 1));
}

}  // namespace dskeeper
