// Evidence: all that one decision rested on, so that it can be made again, by anyone, years later.
//
// judge's and advance's whole input (design.md, "Evidence"), and what came of it. The wire answers
// and the policy are blobs by their SHA-256, which many decisions share; the rest is a document
// that names them. The document's SHA-256 is the evidence's id, which the journal records: so the
// journal's chain covers every octet. A value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "model/case.h"
#include "model/change.h"
#include "model/delegation.h"
#include "model/policy.h"
#include "model/survey.h"
#include "model/verdict.h"

namespace dskeeper {

// What a decision came to: enough to tell whether another one is the same.
struct Decision {
  Ruling ruling = Ruling::idle;
  Request request = Request::none;
  Outcome outcome = Outcome::idle;
  std::string request_id;
  std::optional<dns::DsSet> ds;
  std::optional<Time> ready_at;
  std::vector<Finding> findings;
  // Of the other request that a child may make (RFC 7477).
  Outcome csync_outcome = Outcome::idle;
  std::string csync_request_id;

  [[nodiscard]] static Decision of(const Verdict& verdict, const Case& next);
  // But for when to look again and what else was noticed.
  [[nodiscard]] bool is_same_as(const Decision& other) const;
  bool operator==(const Decision&) const = default;
};

struct Evidence {
  Time judged_at;   // prove's and judge's time
  Time decided_at;  // advance's
  std::vector<Survey> surveys;
  Delegation delegation;
  Policy policy;
  std::optional<Case> before;
  std::optional<Change> open_change;
  unsigned vantages_configured = 1;
  Decision decision;
  // Of the evidence of one child in one group only the first and the latest are kept; what is in
  // none is kept whatever comes (evidence_group()).
  std::string group;
};

// Something that evidence names by its SHA-256.
struct EvidenceBlob {
  Sha256 hash{};
  Bytes octets;
  bool operator==(const EvidenceBlob&) const = default;
};

// Evidence as it is stored.
struct PackedEvidence {
  Sha256 id{};  // of the document
  dns::Name parent;
  dns::Name child;
  Time at;  // when it was decided
  std::string group;
  std::string document;
  std::vector<EvidenceBlob> blobs;  // each once, sorted by hash

  // What it takes: the document and all blobs, as if none were shared or compressed.
  [[nodiscard]] std::uint64_t octets() const;
  bool operator==(const PackedEvidence&) const = default;
};

// Message ids are zeroed: they are ours, prove nothing, and would make every answer another blob.
[[nodiscard]] PackedEvidence pack(const Evidence& evidence);
// Refuses what is not exactly what pack() makes: another id, a blob that is missing, altered or too
// many, a column that differs from the document.
[[nodiscard]] Result<Evidence> unpack(const PackedEvidence& packed);
// Of it the delegation, the surveys and the decision, not held against any hash: to show what was
// seen, not to prove it.
[[nodiscard]] Result<Evidence> unpack_seen(const PackedEvidence& packed);

}  // namespace dskeeper
