// The record of a decision as RFC 10026 §5.2 wants it: added to what an event says already.
//
// The event has the time; the keeper wrote what was asked, of whom, what followed and why
// (decision_to_json). Here are the channel, what each server answered, the records that triggered
// the decision in presentation form, and which evidence it rests on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/journal.h"
#include "model/survey.h"

namespace dskeeper {

// Which evidence an event rests on. Only what is said here may be missing from the store.
struct EvidenceReference {
  Sha256 id{};
  std::optional<Sha256> replaces;  // the id of older evidence that was dropped in its favour
};

// `details` with the field "evidence", and "replaces" where there is something.
[[nodiscard]] std::string with_evidence(std::string_view details,
                                        const EvidenceReference& reference);
// `details` with the field "evidence_left_out": why there is none.
[[nodiscard]] std::string without_evidence(std::string_view details, std::string_view reason);
// What with_evidence() wrote; nothing where it wrote nothing. Fails where it cannot be read.
[[nodiscard]] Result<std::optional<EvidenceReference>> evidence_of(std::string_view details);

// `details` with the fields "channel" and "seen". RRsets whose text is very long are cut, which the
// record says; the evidence has them whole.
[[nodiscard]] std::string with_observation(std::string_view details, Channel channel,
                                           const std::vector<Survey>& surveys);

// That evidence from before a moment was dropped since the policy keeps it no longer.
[[nodiscard]] Event prune_event(const dns::Name& parent, Time before, Time now);
// The moment that prune_event() recorded.
[[nodiscard]] Result<Time> pruned_before(const Event& event);

}  // namespace dskeeper
