#include "rules/local_policy.h"

#include <algorithm>
#include <array>

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
}

void check_removal(const Matter& matter, FindingList& faults) {
  if (matter.policy.accept_delete) return;
  faults.note(FindingCode::delete_off, {matter.policy.name});
}

void note_unverified(const Matter& matter, FindingList& warnings) {
  for (const Sight& sight : matter.sights) {
    const ProvedServer& server = *sight.server;
    for (const ProvedAnswer* answer :
         std::array{&server.soa, &server.dnskey, &server.cds, &server.cdnskey}) {
      const bool is_left = std::ranges::any_of(answer->signatures, [](const auto& signature) {
        return signature.status == dns::SignatureStatus::too_much_work;
      });
      if (is_left) warnings.add(FindingCode::too_many_signatures, server.server);
    }
  }
}

}  // namespace dskeeper::rules::local_policy
