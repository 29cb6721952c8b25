// What staff is shown, as JSON (web/openapi.json).
#pragma once

#include <string>
#include <vector>

#include "model/journal.h"
#include "store/store.h"

namespace dskeeper::web {

[[nodiscard]] std::string cases_json(const dns::Name& parent, const store::CasePage& page);
[[nodiscard]] std::string history_json(const std::vector<JournalEntry>& entries);
[[nodiscard]] std::string evidence_list_json(const std::vector<store::EvidenceLabel>& labels);
// The document, and the blobs that it names by their SHA-256, in base64.
[[nodiscard]] std::string evidence_json(const PackedEvidence& evidence);
// `is_full`: there may be older ones.
[[nodiscard]] std::string changes_json(const std::vector<store::NumberedChange>& changes,
                                       bool is_full);

// That an act is written, with its number.
[[nodiscard]] std::string act_json(std::uint64_t number);

}  // namespace dskeeper::web
