// Which names of a parent zone are delegations: those with NS records that nothing occludes.
//
// What lies below a cut or a DNAME is not in the zone but for the glue (RFC 2136 §7.18, RFC 6672
// §2.4). Pure.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "parent/relative_name.h"

namespace dskeeper::parent {

class Cuts {
 public:
  // Must be asked of each name with NS records or a DNAME, in canonical order, in which what a name
  // occludes follows it at once. `owner` is relative to the zone and must live until the next one.
  [[nodiscard]] bool is_delegation(ByteView owner, bool has_hosts, bool has_dname) {
    if (occluder_ && is_at_or_below(owner, *occluder_)) return false;
    if (has_hosts || has_dname) occluder_ = owner;
    // A DS set alone delegates nothing; an NS set at a wildcard has no meaning (RFC 4592 §4.2).
    return has_hosts && !is_wildcard(owner);
  }

 private:
  static bool is_wildcard(ByteView owner) {
    return owner.size() >= 2 && owner[0] == 1 && owner[1] == '*';
  }

  std::optional<ByteView> occluder_;
};

}  // namespace dskeeper::parent
