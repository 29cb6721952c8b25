#include "rules/local_policy.h"

namespace dskeeper::rules::local_policy {

void check_counts(const Matter& matter, const Reading& wish, const dns::DsSet& ds,
                  FindingList& faults) {
  const auto check = [&](std::size_t count, const char* what, unsigned max) {
    if (count <= max) return;
    faults.note(FindingCode::too_many_records, {std::to_string(count), what, std::to_string(max)});
  };
  check(wish.keys.size(), "keys", matter.policy.keys_max);
  check(ds.size(), "DS records", matter.policy.ds_max);
}

void check_bootstrap(const Matter& matter, FindingList& faults) {
  for (const std::string& status : matter.policy.bootstrap_bar_status) {
    if (!matter.delegation.registration.has_status(status)) continue;
    faults.note(FindingCode::bootstrap_status_bars, {status});
  }
  // Signals of RFC 9615 are not among what is proved; without them only the delay is left.
  if (!matter.policy.offers(BootstrapMethod::delay)) {
    faults.note(FindingCode::bootstrap_off, {matter.policy.name});
  }
}

void check_removal(const Matter& matter, FindingList& faults) {
  if (matter.policy.accept_delete) return;
  faults.note(FindingCode::delete_off, {matter.policy.name});
}

}  // namespace dskeeper::rules::local_policy
