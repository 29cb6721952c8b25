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

Losses compare_readings(const std::vector<Entry>& known, const std::vector<Entry>& now,
                        const std::function<bool(const dns::Name&)>& is_removed_by_us) {
  Losses out;
  auto current = now.begin();
  for (const Entry& entry : known) {
    ++out.delegations;
    if (entry.is_secure) ++out.secure;
    current = std::find_if(current, now.end(),
                           [&](const Entry& other) { return other.child >= entry.child; });
    if (current == now.end() || current->child != entry.child) {
      ++out.vanished_delegations;
    } else if (entry.is_secure && !current->is_secure && !is_removed_by_us(entry.child)) {
      ++out.vanished_ds;
    }
  }
  return out;
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
