// Who runs a delegation's name servers, as a name: for the breaker, for turns, for filters and
// statistics. A rule without lists of public suffixes.
#pragma once

#include <string>
#include <vector>

#include "dns/name.h"
#include "model/delegation.h"

namespace dskeeper {

// The domain of at least two labels that most of the hosts lie in; of several such the longest,
// then the first in canonical order: ns1.op.example and ns2.op.example are "op.example.". Empty
// where no host has two labels.
[[nodiscard]] std::string operator_of(const std::vector<dns::Name>& hosts);

// A name as above, or a network: a hoster may give each customer's servers names of the customer's
// own; their glue tells.
[[nodiscard]] std::string operator_of(const Delegation& delegation);

}  // namespace dskeeper
