#include "web/staff_json.h"

#include "model/json.h"
#include "model/json_parts.h"

namespace dskeeper::web {
namespace {

namespace json = boost::json;
using json_parts::clean;
using json_parts::time_text;

// Empty as null: unknown.
json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(clean(text));
}

json::object summary_json(const dns::Name& parent, const store::CaseSummary& summary) {
  json::array findings;
  for (const std::string& code : summary.findings) findings.push_back(clean(code));
  return {{"child", clean(summary.child.text())},
          {"parent", clean(parent.text())},
          {"outcome", clean(to_text(summary.outcome))},
          {"request", clean(to_text(summary.request))},
          {"ready_at", time_text(summary.ready_at)},
          {"operator", text_or_null(summary.operator_name)},
          {"registrar", text_or_null(summary.registrar)},
          {"findings", std::move(findings)}};
}

// What is JSON already, as a list.
class JoinedList {
 public:
  void add(std::string_view item) {
    if (!text_.empty()) text_ += ',';
    text_ += item;
  }
  [[nodiscard]] std::string text() const { return "[" + text_ + "]"; }

 private:
  std::string text_;
};

}  // namespace

std::string cases_json(const dns::Name& parent, const store::CasePage& page) {
  json::array cases;
  for (const store::CaseSummary& summary : page.cases) {
    cases.push_back(summary_json(parent, summary));
  }
  return json::serialize(json::object{
      {"cases", std::move(cases)},
      {"next", page.next ? json::value(clean(page.next->text())) : json::value(nullptr)}});
}

std::string history_json(const std::vector<JournalEntry>& entries) {
  JoinedList list;
  for (const JournalEntry& entry : entries) list.add(event_to_json(entry));
  return "{\"entries\":" + list.text() + "}";
}

std::string evidence_list_json(const std::vector<store::EvidenceLabel>& labels) {
  json::array list;
  for (const store::EvidenceLabel& label : labels) {
    list.push_back(json::object{{"id", clean(to_hex(label.id))},
                                {"child", clean(label.child.text())},
                                {"at", time_text(label.at)},
                                {"group", text_or_null(label.group)},
                                {"octets", label.octets}});
  }
  return json::serialize(json::object{{"evidence", std::move(list)}});
}

std::string evidence_json(const PackedEvidence& evidence) {
  json::array blobs;
  for (const EvidenceBlob& blob : evidence.blobs) {
    blobs.push_back(json::object{{"sha256", clean(to_hex(blob.hash))},
                                 {"octets", clean(to_base64(blob.octets))}});
  }
  // The document as text: the id is the SHA-256 of exactly these octets.
  return json::serialize(json::object{{"id", clean(to_hex(evidence.id))},
                                      {"parent", clean(evidence.parent.text())},
                                      {"child", clean(evidence.child.text())},
                                      {"at", time_text(evidence.at)},
                                      {"document", clean(evidence.document)},
                                      {"blobs", std::move(blobs)}});
}

std::string changes_json(const std::vector<store::NumberedChange>& changes, bool is_full) {
  JoinedList list;
  for (const store::NumberedChange& one : changes) list.add(change_to_contract_json(one.change));
  const std::string next =
      is_full && !changes.empty() ? std::to_string(changes.back().number) : "null";
  return "{\"changes\":" + list.text() + ",\"next\":" + next + "}";
}

std::string act_json(std::uint64_t number) {
  return json::serialize(json::object{{"act", number}, {"state", "accepted"}});
}

}  // namespace dskeeper::web
