// Authenticated bootstrapping (RFC 9615 §4.2): a first DS set because every name server's operator
// signals for it in a zone that is secure already.
//
// Per type, every apex server and every signaling name must say the same, down to the last record:
// digests that count for nothing else are compared too (standards.md §17-G), empty equals only
// empty. One thing that is missing, insecure or otherwise aborts.
#pragma once

#include <string>
#include <vector>

#include "rules/matter.h"

namespace dskeeper::rules::rfc9615 {

struct Signals {
  bool were_asked = false;  // else nothing is known of them, for or against
  // All of them, from as many vantage points as the policy wants, and no other contradicts.
  bool is_confirmed = false;
  std::vector<bool> confirmed_in;  // for each vantage point: all of them are confirmed there
  FindingList failures;            // what time alone does not heal
  FindingList unanswered;          // what may be there, and could not be fetched or validated now
  bool has_bogus = false;          // some of it was fetched
  std::string first_failure;       // in words; empty where there is none
};

// For an unsigned child that asks, consistently, for keys.
[[nodiscard]] Signals check_signals(const Matter& matter);

}  // namespace dskeeper::rules::rfc9615
