// The nouns as JSON: the case as the contract prints it, and each noun's own form for the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "model/act.h"
#include "model/breaker.h"
#include "model/case.h"
#include "model/change.h"
#include "model/journal.h"
#include "model/policy.h"
#include "model/survey.h"
#include "model/verdict.h"

namespace dskeeper {

// One line, exactly the contract's fields (contract.md, "The case, as JSON").
[[nodiscard]] std::string case_to_contract_json(const Case& value);

// One line for a command that applies changes, and for the journal: every field of the change,
// times as the contract has them.
[[nodiscard]] std::string change_to_contract_json(const Change& value);

// One line for the journal: what a person decided.
[[nodiscard]] std::string act_to_contract_json(const Act& value);

// One line for the journal and `status`: a breaker that tripped.
[[nodiscard]] std::string breaker_to_contract_json(const Breaker& value);

// Lossless, for the store (but text that is not UTF-8, of which "?" is kept); bounded; reading
// refuses what it does not understand.
[[nodiscard]] std::string case_to_json(const Case& value);
[[nodiscard]] Result<Case> case_from_json(std::string_view text);
[[nodiscard]] std::string change_to_json(const Change& value);
[[nodiscard]] Result<Change> change_from_json(std::string_view text);
[[nodiscard]] std::string policy_to_json(const Policy& value);
[[nodiscard]] Result<Policy> policy_from_json(std::string_view text);
// Wire forms in base64.
[[nodiscard]] std::string survey_to_json(const Survey& value);
[[nodiscard]] Result<Survey> survey_from_json(std::string_view text);
// What an event records of a decision (RFC 10026 §5.2): what was asked, of whom, what followed.
[[nodiscard]] std::string decision_to_json(const Case& value, const Verdict& verdict);
// One line for `history --json`.
// `after_notify`: how long after the NOTIFY that it follows from.
[[nodiscard]] std::string event_to_json(const JournalEntry& entry,
                                        const std::optional<Duration>& after_notify = {});

}  // namespace dskeeper
