// Names as a parent zone's table keeps them: without the labels of the zone, where they end in
// these.
//
// "kid" of example. is the wire form of kid.example. up to the zone's: 3 k i d. A name that is not
// in the zone is kept whole, with its root label, which tells the two apart. Pure.
#pragma once

#include <compare>
#include <cstdint>

#include "base/bytes.h"
#include "dns/name.h"

namespace dskeeper::parent {

// A view into the name.
[[nodiscard]] ByteView relative_to(const dns::Name& zone, const dns::Name& name);
[[nodiscard]] dns::Name absolute_in(const dns::Name& zone, ByteView relative);

// Of two names in the zone: canonical order (RFC 4034 §6.1), and whether one is the other or below.
[[nodiscard]] std::strong_ordering compare_relative(ByteView one, ByteView other);
[[nodiscard]] bool is_at_or_below(ByteView name, ByteView ancestor);

// Grows with the canonical order of names in the zone, where it does not stay the same: most
// comparisons are done with it.
[[nodiscard]] std::uint64_t order_hint(ByteView relative);

}  // namespace dskeeper::parent
