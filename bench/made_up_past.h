// A zone's past for plots that there would be nothing to see in otherwise: operators of very
// different sizes and shares, ninety days of changes, NOTIFYs and reports. All of it is made up.
#pragma once

#include "base/time.h"
#include "store/store.h"

namespace dskeeper {

// Of a store that has no past yet; `operators` as its cases have them, "op0.net." and so on.
void add_made_up_past(store::Store& store, const dns::Name& parent, std::size_t operators,
                      std::uint64_t delegations, Time now);

}  // namespace dskeeper
