// What the answers for a child's signals say, beside what its apex servers say (RFC 9615 §4.2):
// which of them must be asked for again, and how. Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/types.h"
#include "model/signal_survey.h"
#include "model/survey.h"

namespace dskeeper::survey {

// What one apex server says of one type.
struct ApexSays {
  dns::RecordType type{};
  std::vector<Bytes> rdata;
};
[[nodiscard]] std::vector<ApexSays> apex_says(const Survey& survey, const dns::Name& child,
                                              Time now);

// The zone in which a name lies whose SOA was asked for (RFC 2308 §2), where it is signed.
[[nodiscard]] std::optional<dns::Name> signing_zone_in(const Bytes& wire, Time now);

// Is something at this host's signaling name that is not what the apex servers say?
[[nodiscard]] bool is_otherwise(const HostSignals& host, const dns::Name& child,
                                const std::vector<ApexSays>& apex, Time now);
// Is some type that was asked for not there?
[[nodiscard]] bool is_absent(const HostSignals& host, const dns::Name& child, Time now);

// For an answer that no resolver has validated: the zone by whose signature it can be, if it is
// what the apex says, and nothing that has to be proven by more than that signature. Nothing: a
// validating resolver must be asked.
[[nodiscard]] std::optional<dns::Name> signer_of_expected(const SignalAnswer& answer,
                                                          const dns::Name& name,
                                                          const std::vector<ApexSays>& apex,
                                                          Time now);

// The zones that signed what was found, one for each host at most as a rule.
[[nodiscard]] std::vector<dns::Name> signers_of(const SignalSurvey& survey, const dns::Name& child,
                                                Time now);

}  // namespace dskeeper::survey
