// What staff is shown, as JSON (web/openapi.json).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/breaker.h"
#include "model/journal.h"
#include "model/pass_progress.h"
#include "store/store.h"
#include "web/settings.h"

namespace dskeeper::web {

[[nodiscard]] std::string cases_json(const dns::Name& parent, const store::CasePage& page);
[[nodiscard]] std::string history_json(const std::vector<JournalEntry>& entries);
[[nodiscard]] std::string evidence_list_json(const std::vector<store::EvidenceLabel>& labels);
// The document, and the blobs that it names by their SHA-256, in base64.
[[nodiscard]] std::string evidence_json(const PackedEvidence& evidence);
// `is_full`: there may be older ones.
[[nodiscard]] std::string changes_json(const std::vector<store::NumberedChange>& changes,
                                       bool is_full);

// What is told of one parent zone.
struct ZoneStatistics {
  ParentZone parent;
  std::map<std::string, std::uint64_t> cases;     // by outcome
  std::map<std::string, std::uint64_t> findings;  // by code
  std::size_t open_changes = 0;
  std::vector<Breaker> breakers;  // open ones
  std::optional<store::PassRecord> last_pass;
  std::optional<PassProgress> under_way;
};
[[nodiscard]] std::string statistics_json(const std::vector<ZoneStatistics>& zones);

// That an act is written, with its number.
[[nodiscard]] std::string act_json(std::uint64_t number);

}  // namespace dskeeper::web
