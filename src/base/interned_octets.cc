#include "base/interned_octets.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "base/packed_octets.h"

namespace dskeeper {
namespace {

constexpr std::size_t slots_min = 16;

std::uint32_t hash_of(ByteView octets) {
  const std::string_view text(reinterpret_cast<const char*>(octets.data()), octets.size());
  return static_cast<std::uint32_t>(std::hash<std::string_view>()(text));
}

}  // namespace

std::uint32_t InternedOctets::intern(ByteView octets) {
  CHECK(!is_closed_);
  // Three of four slots are taken at most.
  if ((addresses_.size() + 1) * 4 > slots_.size() * 3) grow();
  const std::uint32_t hash = hash_of(octets);
  std::size_t place = hash % slots_.size();
  for (; slots_[place].number != vacant; place = next(place)) {
    const Slot& slot = slots_[place];
    if (slot.hash != hash) continue;
    const ByteView known = at(slot.number);
    if (std::equal(known.begin(), known.end(), octets.begin(), octets.end())) return slot.number;
  }
  CHECK(addresses_.size() < vacant);
  const auto number = static_cast<std::uint32_t>(addresses_.size());
  slots_[place] = {hash, number};
  scratch_.clear();
  put_octets(scratch_, octets);
  addresses_.push_back(arena_.append(scratch_));
  return number;
}

ByteView InternedOctets::at(std::uint32_t number) const {
  return PackedReader(arena_.from(addresses_[number])).octets();
}

void InternedOctets::close() {
  is_closed_ = true;
  slots_ = {};
  scratch_ = {};
  addresses_.shrink_to_fit();
}

void InternedOctets::grow() {
  std::vector<Slot> old(std::max(slots_min, slots_.size() * 2));
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.number == vacant) continue;
    std::size_t place = slot.hash % slots_.size();
    while (slots_[place].number != vacant) place = next(place);
    slots_[place] = slot;
  }
}

}  // namespace dskeeper
