#include "cli/known_children.h"

#include "base/packed_octets.h"
#include "parent/relative_name.h"

namespace dskeeper::cli {

void KnownChildren::append(const dns::Name& child, bool is_secure) {
  Bytes packed;
  put_number(packed, is_secure ? 1 : 0);
  put_octets(packed, parent::relative_to(zone_, child));
  addresses_.push_back(arena_.append(packed));
}

KnownChildren::Entry KnownChildren::at(std::size_t index) const {
  if (snapshot_ != nullptr) return {snapshot_->relative_child(index), snapshot_->is_secure(index)};
  PackedReader packed(arena_.from(addresses_[index]));
  const bool is_secure = packed.number() == 1;
  return {packed.octets(), is_secure};
}

}  // namespace dskeeper::cli
