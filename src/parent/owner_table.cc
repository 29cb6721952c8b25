#include "parent/owner_table.h"

#include <algorithm>

#include "parent/relative_name.h"

namespace dskeeper::parent {

void OwnerTable::append(ByteView owner, OwnerRecords& records) {
  scratch_.clear();
  put_octets(scratch_, owner);
  pack(records, host_sets_, scratch_);
  addresses_.push_back(arena_.append(scratch_));
}

void OwnerTable::close() {
  addresses_.shrink_to_fit();
  host_sets_.close();
  scratch_ = {};
}

ByteView OwnerTable::owner(std::size_t index) const {
  return PackedReader(arena_.from(addresses_[index])).octets();
}

OwnerRecords OwnerTable::at(std::size_t index) const {
  PackedReader packed(arena_.from(addresses_[index]));
  static_cast<void>(packed.octets());  // the owner
  return unpack(packed, host_sets_);
}

OwnerRecords OwnerTable::find(ByteView owner) const {
  const auto found = std::lower_bound(
      addresses_.begin(), addresses_.end(), owner, [this](std::uint64_t address, ByteView name) {
        return compare_relative(PackedReader(arena_.from(address)).octets(), name) < 0;
      });
  const auto index = static_cast<std::size_t>(found - addresses_.begin());
  if (found == addresses_.end() || !std::ranges::equal(this->owner(index), owner)) return {};
  return at(index);
}

}  // namespace dskeeper::parent
