// NSEC and NSEC3 records of a zone, from the types that each of its names has.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "dns/name.h"
#include "dns/rrset.h"

namespace dskeeper::bench {

using Bitmaps = std::map<dns::Name, std::set<dns::RecordType>>;

[[nodiscard]] std::vector<dns::Record> nsec_chain(const Bitmaps& bitmaps);

// No salt and no further iterations (RFC 9276 §3.1), no opt-out.
[[nodiscard]] std::vector<dns::Record> nsec3_chain(const dns::Name& apex, const Bitmaps& bitmaps);
// The one of `owner` out of that chain.
[[nodiscard]] dns::Record nsec3_record(const dns::Name& apex, const dns::Name& owner,
                                       const Bitmaps& bitmaps);
[[nodiscard]] dns::Record nsec3param(const dns::Name& apex);

}  // namespace dskeeper::bench
