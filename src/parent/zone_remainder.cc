#include "parent/zone_remainder.h"

#include <fmt/core.h>

#include <algorithm>

namespace dskeeper::parent {

Result<void> keep_signature(std::vector<Bytes>& signatures, const Bytes& rdata) {
  if (std::find(signatures.begin(), signatures.end(), rdata) != signatures.end()) return {};
  if (signatures.size() >= records_of_set_max) {
    return fail(fmt::format("the SOA record has more than {} signatures", records_of_set_max));
  }
  signatures.push_back(rdata);
  return {};
}

}  // namespace dskeeper::parent
