#include "model/evidence.h"

#include <fmt/core.h>

#include <algorithm>

#include "model/json.h"
#include "model/json_case.h"
#include "model/json_change.h"
#include "model/json_delegation.h"
#include "model/json_parts.h"
#include "model/json_survey.h"

namespace dskeeper {
namespace json_parts {
namespace {

// Raised when a field is added: an older program then refuses it instead of misjudging it.
constexpr std::uint32_t evidence_format = 1;

bool has_csync(const Decision& decision) {
  return decision.csync_outcome != Outcome::idle;
}

json::value write_decision(const Decision& decision) {
  json::object out{
      {"ruling", clean(to_text(decision.ruling))},
      {"request", clean(to_text(decision.request))},
      {"outcome", clean(to_text(decision.outcome))},
      {"request_id", write(decision.request_id)},
      {"ds", decision.ds ? json::value(write_list(*decision.ds)) : json::value(nullptr)},
      {"ready_at", write_optional(decision.ready_at)},
      {"findings", write_list(decision.findings)}};
  // Evidence is found by the hash of its document: what has none of this is written as before.
  if (has_csync(decision)) {
    out.emplace("csync", json::object{{"outcome", clean(to_text(decision.csync_outcome))},
                                      {"request_id", write(decision.csync_request_id)}});
  }
  return out;
}

void read_csync_decision(const json::value& value, Decision& out, Trouble& trouble) {
  Fields fields(value, trouble);
  out.csync_outcome = fields.get("outcome", read_word<parse_outcome>);
  out.csync_request_id = fields.get("request_id", read_text);
  fields.finish();
}

Decision read_decision(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Decision out;
  out.ruling = fields.get("ruling", read_word<parse_ruling>);
  out.request = fields.get("request", read_word<parse_request>);
  out.outcome = fields.get("outcome", read_word<parse_outcome>);
  out.request_id = fields.get("request_id", read_text);
  out.ds = fields.get_optional("ds", read_ds_set);
  out.ready_at = fields.get_optional("ready_at", read_time);
  out.findings = fields.get_list("findings", read_finding);
  if (fields.has("csync")) {
    fields.get("csync", [&](const json::value& csync, Trouble& inner) {
      read_csync_decision(csync, out, inner);
      return true;
    });
  }
  fields.finish();
  return out;
}

// The document of evidence whose wire forms are their hashes already.
std::string write_document(const Evidence& evidence, const Sha256& policy) {
  json::array surveys;
  for (const Survey& survey : evidence.surveys) surveys.push_back(write_survey(survey));
  const auto& before = evidence.before;
  const auto& open_change = evidence.open_change;
  return json::serialize(
      json::object{{"format", evidence_format},
                   {"parent", write(evidence.delegation.parent)},
                   {"child", write(evidence.delegation.child)},
                   {"judged_at", write(evidence.judged_at)},
                   {"decided_at", write(evidence.decided_at)},
                   {"group", write(evidence.group)},
                   {"policy", write(Bytes(policy.begin(), policy.end()))},
                   {"vantages_configured", evidence.vantages_configured},
                   {"delegation", write_delegation(evidence.delegation)},
                   {"surveys", std::move(surveys)},
                   {"before", before ? write_case(*before) : json::value(nullptr)},
                   {"open_change", open_change ? write_change(*open_change) : json::value(nullptr)},
                   {"decision", write_decision(evidence.decision)}});
}

struct Document {
  Evidence evidence;  // wire forms are hashes, and there is no policy yet
  Bytes policy;
};

// What unpack_seen() gives; the wire forms are hashes.
void read_seen(Fields& fields, Evidence& evidence, Trouble& trouble) {
  if (fields.get("format", read_number<std::uint32_t>) != evidence_format) {
    trouble.report("it was written by another version of dskeeper");
  }
  evidence.delegation = fields.get("delegation", read_delegation);
  evidence.delegation.parent = fields.get("parent", read_name);
  evidence.delegation.child = fields.get("child", read_name);
  evidence.surveys = fields.get_list("surveys", read_survey);
  evidence.decision = fields.get("decision", read_decision);
}

Document read_document(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Document out;
  Evidence& evidence = out.evidence;
  read_seen(fields, evidence, trouble);
  evidence.judged_at = fields.get("judged_at", read_time);
  evidence.decided_at = fields.get("decided_at", read_time);
  evidence.group = fields.get("group", read_text);
  out.policy = fields.get("policy", read_bytes);
  evidence.vantages_configured = fields.get("vantages_configured", read_number<unsigned>);
  evidence.before = fields.get_optional("before", read_case);
  evidence.open_change = fields.get_optional("open_change", read_change);
  fields.finish();
  return out;
}

}  // namespace
}  // namespace json_parts

namespace {

constexpr std::size_t message_id_octets = 2;

// Every wire form in a survey.
template <typename Visit>
void for_each_wire(Survey& survey, const Visit& visit) {
  for (Answer& answer : survey.answers) visit(answer.wire);
  for (CsyncAnswer& asked : survey.csync.answers) visit(asked.answer.wire);
  for (Answer& answer : survey.csync.new_answers) visit(answer.wire);
  for (HostSignals& host : survey.signals.hosts) {
    for (SignalAnswer& answer : host.answers) visit(answer.wire);
  }
  for (ChainLink& link : survey.signals.chain) {
    visit(link.dnskey);
    visit(link.ds);
  }
}

class Packer {
 public:
  Sha256 add(Bytes octets) {
    const Sha256 hash = sha256(octets);
    blobs_.try_emplace(hash, std::move(octets));
    return hash;
  }

  // Puts the hash in the place of the wire form.
  void take(Bytes& wire) {
    if (wire.empty()) return;
    std::fill_n(wire.begin(), std::min(wire.size(), message_id_octets), std::uint8_t{0});
    const Sha256 hash = add(std::move(wire));
    wire.assign(hash.begin(), hash.end());
  }

  [[nodiscard]] std::vector<EvidenceBlob> blobs() && {
    std::vector<EvidenceBlob> out;
    for (auto& [hash, octets] : blobs_) out.push_back({hash, std::move(octets)});
    return out;
  }

 private:
  std::map<Sha256, Bytes> blobs_;
};

// The blobs of packed evidence, each found by its hash.
class Unpacker {
 public:
  explicit Unpacker(const std::vector<EvidenceBlob>& blobs) : blobs_(blobs) {}

  // nullptr where there is none.
  const Bytes* find(ByteView hash) {
    for (std::size_t i = 0; i < blobs_.size(); ++i) {
      if (!std::ranges::equal(blobs_[i].hash, hash)) continue;
      used_[i] = true;
      return &blobs_[i].octets;
    }
    return nullptr;
  }
  [[nodiscard]] bool are_all_used() const { return std::ranges::all_of(used_, std::identity()); }

 private:
  const std::vector<EvidenceBlob>& blobs_;
  std::vector<bool> used_ = std::vector<bool>(blobs_.size());
};

Result<void> restore_wires(Evidence& evidence, Unpacker& blobs) {
  bool is_any_missing = false;
  for (Survey& survey : evidence.surveys) {
    for_each_wire(survey, [&](Bytes& wire) {
      if (wire.empty()) return;
      const Bytes* octets = blobs.find(wire);
      is_any_missing = is_any_missing || octets == nullptr;
      if (octets != nullptr) wire = *octets;
    });
  }
  if (is_any_missing) return fail("an answer that it names is missing");
  return {};
}

Result<void> check_hashes(const PackedEvidence& packed) {
  if (sha256(as_bytes(packed.document)) != packed.id) return fail("its document was altered");
  for (const EvidenceBlob& blob : packed.blobs) {
    if (sha256(blob.octets) != blob.hash) return fail("an answer or the policy was altered");
  }
  return {};
}

}  // namespace

Decision Decision::of(const Verdict& verdict, const Case& next) {
  return {.ruling = verdict.ruling,
          .request = next.request,
          .outcome = next.outcome,
          .request_id = next.request_id,
          .ds = next.ds,
          .ready_at = next.ready_at,
          .findings = next.findings,
          .csync_outcome = next.csync.outcome,
          .csync_request_id = next.csync.request_id};
}

bool Decision::is_same_as(const Decision& other) const {
  return ruling == other.ruling && request == other.request && outcome == other.outcome &&
         request_id == other.request_id && ds == other.ds && csync_outcome == other.csync_outcome &&
         csync_request_id == other.csync_request_id;
}

std::uint64_t PackedEvidence::octets() const {
  std::uint64_t sum = document.size();
  for (const EvidenceBlob& blob : blobs) sum += blob.octets.size();
  return sum;
}

PackedEvidence pack(const Evidence& evidence) {
  Packer packer;
  const std::string policy = policy_to_json(evidence.policy);
  const Sha256 policy_hash = packer.add(Bytes(policy.begin(), policy.end()));
  Evidence skeleton = evidence;
  for (Survey& survey : skeleton.surveys) {
    for_each_wire(survey, [&](Bytes& wire) { packer.take(wire); });
  }
  std::string document = json_parts::write_document(skeleton, policy_hash);
  const Sha256 id = sha256(as_bytes(document));
  return {.id = id,
          .parent = evidence.delegation.parent,
          .child = evidence.delegation.child,
          .at = evidence.decided_at,
          .group = evidence.group,
          .document = std::move(document),
          .blobs = std::move(packer).blobs()};
}

Result<Evidence> unpack(const PackedEvidence& packed) {
  if (Result<void> sound = check_hashes(packed); !sound) return pass_on(std::move(sound));
  json_parts::Trouble trouble;
  const auto value = json_parts::parse(packed.document, json_parts::survey_octets_max, trouble);
  auto [evidence, policy_hash] = json_parts::read_document(value, trouble);
  if (trouble.found()) return tl::unexpected<Error>(trouble.error("evidence"));

  Unpacker blobs(packed.blobs);
  if (Result<void> found = restore_wires(evidence, blobs); !found) return pass_on(std::move(found));
  const Bytes* policy_json = blobs.find(policy_hash);
  if (policy_json == nullptr) return fail("the policy that it names is missing");
  Result<Policy> policy = policy_from_json(std::string(policy_json->begin(), policy_json->end()));
  if (!policy) return pass_on(std::move(policy));
  evidence.policy = *std::move(policy);
  if (!blobs.are_all_used()) return fail("there is an answer beside it that it does not name");
  if (evidence.delegation.parent != packed.parent || evidence.delegation.child != packed.child ||
      evidence.decided_at != packed.at || evidence.group != packed.group) {
    return fail("it is filed under another name, time or group than its own");
  }
  return std::move(evidence);
}

Result<Evidence> unpack_seen(const PackedEvidence& packed) {
  json_parts::Trouble trouble;
  const auto value = json_parts::parse(packed.document, json_parts::survey_octets_max, trouble);
  json_parts::Fields fields(value, trouble);
  Evidence evidence;
  json_parts::read_seen(fields, evidence, trouble);
  if (trouble.found()) return tl::unexpected<Error>(trouble.error("evidence"));
  Unpacker blobs(packed.blobs);
  if (Result<void> found = restore_wires(evidence, blobs); !found) return pass_on(std::move(found));
  return evidence;
}

}  // namespace dskeeper
