#include "keeper/source_fault.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace dskeeper::keeper {
namespace {

bool is_too_much(std::size_t vanished, std::size_t known, const Policy& policy) {
  const double share = std::floor(policy.breaker.delete_share * static_cast<double>(known));
  return vanished >
         std::max<std::size_t>(policy.breaker.delete_min, static_cast<std::size_t>(share));
}

}  // namespace

void Losses::count(bool was_secure, Loss loss) {
  ++delegations;
  if (was_secure) ++secure;
  if (loss == Loss::delegation) ++vanished_delegations;
  if (loss == Loss::ds_set) ++vanished_ds;
}

std::optional<std::string> find_source_fault(const Losses& losses, const Policy& policy) {
  const bool is_empty = losses.delegations > 1 && losses.vanished_delegations == losses.delegations;
  if (is_empty || is_too_much(losses.vanished_delegations, losses.delegations, policy)) {
    return fmt::format("{} of the {} delegations known are missing in this reading of the source",
                       losses.vanished_delegations, losses.delegations);
  }
  if (is_too_much(losses.vanished_ds, losses.secure, policy)) {
    return fmt::format("{} of the {} DS sets known are missing in this reading of the source",
                       losses.vanished_ds, losses.secure);
  }
  return std::nullopt;
}

}  // namespace dskeeper::keeper
