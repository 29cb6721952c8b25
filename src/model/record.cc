#include "model/record.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "dns/rrset.h"
#include "model/json_parts.h"

namespace dskeeper {
namespace {

namespace json = boost::json;
using json_parts::clean;

constexpr std::size_t rrset_text_max = 4096;  // octets; a usual CDS set takes 200

// Details are JSON objects; what is none becomes the field "text" of one.
json::object object_of(std::string_view details) {
  json_parts::Trouble trouble;
  json::value value = json_parts::parse(details, json_parts::case_octets_max, trouble);
  if (!trouble.found() && value.is_object()) return std::move(value.get_object());
  return details.empty() ? json::object() : json::object{{"text", clean(details)}};
}

std::optional<std::string> text_at(const json::object& object, std::string_view field) {
  const json::value* value = object.if_contains(json::string_view(field.data(), field.size()));
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string().data(), value->get_string().size());
}

Result<Sha256> hash_from(const std::string& text) {
  const Result<Bytes> bytes = from_hex(text);
  Sha256 hash{};
  if (!bytes || bytes->size() != hash.size()) return fail("it names evidence by no hash");
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

// One kind of answer, and who gave it.
struct Seen {
  std::string vantage;
  dns::RecordType type{};
  AnswerStatus status{};
  std::vector<std::string> records;
  auto operator<=>(const Seen&) const = default;
};

bool is_trigger(dns::RecordType type) {
  return type == dns::RecordType::cds || type == dns::RecordType::cdnskey;
}

// The records asked for, as lines of a zone file.
std::vector<std::string> records_in(const Answer& answer, const dns::Name& child) {
  if (!is_trigger(answer.type) || answer.status != AnswerStatus::answer) return {};
  const Result<dns::Message> message = dns::parse_message(answer.wire, answer.asked_at);
  if (!message) return {};
  const dns::Rrset* rrset = message->find_answer(child, answer.type);
  if (rrset == nullptr) return {};
  std::vector<std::string> lines;
  std::size_t octets = 0;
  for (const Bytes& rdata : rrset->rdata) {
    lines.push_back(fmt::format("{} {} IN {} {}", child.text(), rrset->ttl.seconds,
                                dns::to_text(answer.type), dns::rdata_text(answer.type, rdata)));
    octets += lines.back().size();
    if (octets <= rrset_text_max) continue;
    lines.back() = fmt::format("; {} records in all, see the evidence", rrset->rdata.size());
    break;
  }
  return lines;
}

json::value seen_json(const Seen& seen, const std::vector<ServerAddress>& servers) {
  json::array who;
  for (const ServerAddress& server : servers) who.push_back(clean(server.text()));
  json::object out{{"vantage", clean(seen.vantage)},
                   {"type", clean(dns::to_text(seen.type))},
                   {"status", clean(to_text(seen.status))},
                   {"servers", std::move(who)}};
  if (!seen.records.empty()) out["records"] = json_parts::write_list(seen.records);
  return out;
}

}  // namespace

std::string with_evidence(std::string_view details, const EvidenceReference& reference) {
  json::object object = object_of(details);
  object["evidence"] = clean(to_hex(reference.id));
  if (reference.replaces) object["replaces"] = clean(to_hex(*reference.replaces));
  return json::serialize(object);
}

std::string without_evidence(std::string_view details, std::string_view reason) {
  json::object object = object_of(details);
  object["evidence_left_out"] = clean(reason);
  return json::serialize(object);
}

Result<std::optional<EvidenceReference>> evidence_of(std::string_view details) {
  const json::object object = object_of(details);
  const std::optional<std::string> id = text_at(object, "evidence");
  if (!id) return std::optional<EvidenceReference>();
  const Result<Sha256> hash = hash_from(*id);
  if (!hash) return tl::unexpected<Error>(hash.error());
  EvidenceReference reference{.id = *hash, .replaces = std::nullopt};
  if (const std::optional<std::string> older = text_at(object, "replaces")) {
    const Result<Sha256> replaced = hash_from(*older);
    if (!replaced) return tl::unexpected<Error>(replaced.error());
    reference.replaces = *replaced;
  }
  return std::optional(reference);
}

std::string with_observation(std::string_view details, Channel channel,
                             const std::vector<Survey>& surveys) {
  std::map<Seen, std::vector<ServerAddress>> seen;
  for (const Survey& survey : surveys) {
    for (const Answer& answer : survey.answers) {
      const Seen kind{survey.vantage, answer.type, answer.status, records_in(answer, survey.child)};
      seen[kind].push_back(answer.server);
    }
  }
  json::array list;
  for (const auto& [kind, servers] : seen) list.push_back(seen_json(kind, servers));
  json::object object = object_of(details);
  object["channel"] = clean(to_text(channel));
  object["seen"] = std::move(list);
  return json::serialize(object);
}

Event prune_event(const dns::Name& parent, Time before, Time now) {
  const std::string moment = format_time(before);
  return {.parent = parent,
          .child = parent,
          .at = now,
          .kind = EventKind::prune,
          .summary = fmt::format(
              "The evidence of decisions before {} was dropped: it is kept no longer.", moment),
          .details = json::serialize(json::object{{"evidence_before", clean(moment)}})};
}

Result<Time> pruned_before(const Event& event) {
  const std::optional<std::string> moment = text_at(object_of(event.details), "evidence_before");
  if (!moment) return fail("it does not say which evidence was dropped");
  return parse_time(*moment);
}

}  // namespace dskeeper
