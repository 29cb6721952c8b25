// What a registry's policy forbids besides the standards (standards.md §17).
#pragma once

#include "rules/matter.h"

namespace dskeeper::rules::local_policy {

// §17-I: too many keys or DS records refuse the whole set, it is never cut.
void check_counts(const Matter& matter, const Reading& wish, const dns::DsSet& ds,
                  FindingList& faults);

// §17-H and RFC 8078 §3: whether a first DS is accepted at all from what was seen. Unsigned
// delegations only.
void check_bootstrap(const Matter& matter, FindingList& faults);

// Whether a removal is.
void check_removal(const Matter& matter, FindingList& faults);

// KeyTrap (CVE-2023-50387): names the servers of whose signatures some were left unverified
// (dns/verification_budget.h). What is missing for it is found by the other rules.
void note_unverified(const Matter& matter, FindingList& warnings);

}  // namespace dskeeper::rules::local_policy
