#include "rules/own_fault.h"

namespace dskeeper::rules {

bool note_own_fault(const Proved& proved, FindingList& findings) {
  const auto note = [&](FindingCode code) {
    findings.note(code, proved.resolver.facts);
    return true;
  };
  switch (proved.resolver.fault) {
    case ResolverFault::none:
      return false;
    case ResolverFault::silent:
      return note(FindingCode::resolver_silent);
    case ResolverFault::wrong_anchor:
      return note(FindingCode::trust_anchor_wrong);
    case ResolverFault::wrong_clock:
      return note(FindingCode::clock_wrong);
  }
  return false;
}

}  // namespace dskeeper::rules
