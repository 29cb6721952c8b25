// Reading what a child asks for: CDS and CDNSKEY RRsets and the delete sentinel.
//
// RFC 8078 §4 with erratum 5049, RFC 7344 §3, RFC 4034 §2.1 and §5.1, RFC 9975 §3.1 for
// eligibility.
#pragma once

#include "rules/matter.h"

namespace dskeeper::rules::rfc8078 {

// Fill sight.cdnskey and sight.cds from the RRsets of the sight's server; faults name it.
void read_cdnskey(Matter& matter, Sight& sight, FindingList& faults);
void read_cds(Matter& matter, Sight& sight, FindingList& faults);

}  // namespace dskeeper::rules::rfc8078
