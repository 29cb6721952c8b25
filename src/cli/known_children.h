// The children that the last good reading of a parent zone had: the snapshot itself or, after a
// restart, the list of them that the store kept.
//
// In canonical order. A list takes about twenty octets a child.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/byte_arena.h"
#include "base/bytes.h"
#include "dns/name.h"
#include "parent/snapshot.h"

namespace dskeeper::cli {

class KnownChildren {
 public:
  struct Entry {
    ByteView child;  // relative to the zone (parent/relative_name.h)
    bool is_secure = false;
  };

  // A list; none at first.
  explicit KnownChildren(dns::Name zone) : zone_(std::move(zone)) {}
  explicit KnownChildren(std::shared_ptr<const parent::Snapshot> snapshot)
      : zone_(snapshot->zone()), snapshot_(std::move(snapshot)) {}
  // To a list, in canonical order.
  void append(const dns::Name& child, bool is_secure);

  [[nodiscard]] const dns::Name& zone() const { return zone_; }
  [[nodiscard]] std::size_t size() const {
    return snapshot_ == nullptr ? addresses_.size() : snapshot_->size();
  }
  [[nodiscard]] Entry at(std::size_t index) const;
  // Null for a list.
  [[nodiscard]] const parent::Snapshot* snapshot() const { return snapshot_.get(); }

 private:
  dns::Name zone_;
  std::shared_ptr<const parent::Snapshot> snapshot_;
  ByteArena arena_;
  std::vector<std::uint64_t> addresses_;
};

}  // namespace dskeeper::cli
