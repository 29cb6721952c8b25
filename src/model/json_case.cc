// Cases as the store keeps them: lossless.
#include "model/json_case.h"

#include "model/json.h"
#include "model/json_change.h"
#include "model/json_csync.h"
#include "model/json_delegation.h"
#include "model/json_retry.h"

namespace dskeeper {
namespace json_parts {
namespace {

// Raised when a field is added: an older program then refuses the case instead of losing it. What
// an earlier format does not have keeps its default.
constexpr std::uint32_t case_format = 2;

json::value write_hold(const Hold& hold) {
  return json::object{{"request_id", write(hold.request_id)},
                      {"since", write(hold.since)},
                      {"last_counted_at", write(hold.last_counted_at)},
                      {"last_look", hold.last_look.value},
                      {"looks", hold.looks}};
}

json::value write_suspension(const Suspension& suspension) {
  return json::object{{"kind", clean(to_text(suspension.kind))},
                      {"since", write(suspension.since)},
                      {"reason", write(suspension.reason)}};
}

Hold read_hold(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Hold out;
  out.request_id = fields.get("request_id", read_text);
  out.since = fields.get("since", read_time);
  out.last_counted_at = fields.get("last_counted_at", read_time);
  out.last_look = fields.get("last_look", read_look);
  out.looks = fields.get("looks", read_number<unsigned>);
  fields.finish();
  return out;
}

Suspension read_suspension(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Suspension out;
  out.kind = fields.get("kind", read_word<parse_suspension_kind>);
  out.since = fields.get("since", read_time);
  out.reason = fields.get("reason", read_text);
  fields.finish();
  return out;
}

json::value write_inceptions(const Inceptions& value) {
  return json::object{{"cds", write_optional(value.cds)},
                      {"cdnskey", write_optional(value.cdnskey)}};
}

// Once it was one time for both types; then it guards both.
Inceptions read_inceptions(const json::value& value, Trouble& trouble) {
  if (value.is_null()) return {};
  if (!value.is_object()) {
    const Time both = read_time(value, trouble);
    return {both, both};
  }
  Fields fields(value, trouble);
  Inceptions out;
  out.cds = fields.get_optional("cds", read_time);
  out.cdnskey = fields.get_optional("cdnskey", read_time);
  fields.finish();
  return out;
}

json::value write_lost_removal(const LostRemoval& removal) {
  return json::object{{"before", write_list(removal.before)}, {"sent_at", write(removal.sent_at)}};
}

LostRemoval read_lost_removal(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  LostRemoval out;
  out.before = fields.get("before", read_ds_set);
  out.sent_at = fields.get("sent_at", read_time);
  fields.finish();
  return out;
}

json::value write_lowered_ttl(const LoweredTtl& lowered) {
  return json::object{{"since", write(lowered.since)},
                      {"low", lowered.low.seconds},
                      {"normal", lowered.normal.seconds}};
}

LoweredTtl read_lowered_ttl(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  LoweredTtl out;
  out.since = fields.get("since", read_time);
  out.low = fields.get("low", read_ttl);
  out.normal = fields.get("normal", read_ttl);
  fields.finish();
  return out;
}

json::value write_reports(const ReportsSent& reports) {
  return json::object{{"count", reports.count}, {"last_at", write(reports.last_at)}};
}

ReportsSent read_reports(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  ReportsSent out;
  out.count = fields.get("count", read_number<unsigned>);
  out.last_at = fields.get("last_at", read_time);
  fields.finish();
  return out;
}

json::value write_conditions(const std::vector<Condition>& conditions) {
  json::array out;
  for (const Condition& condition : conditions) {
    out.push_back(json::object{{"code", clean(kind_of(condition.code).name)},
                               {"since", write(condition.since)},
                               {"ended_at", write_optional(condition.ended_at)},
                               {"technical", write_reports(condition.technical)},
                               {"registrant", write_reports(condition.registrant)}});
  }
  return out;
}

Condition read_condition(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Condition out;
  out.code = fields.get("code", read_word<parse_finding_code>);
  out.since = fields.get("since", read_time);
  out.ended_at = fields.get_optional("ended_at", read_time);
  out.technical = fields.get("technical", read_reports);
  out.registrant = fields.get("registrant", read_reports);
  fields.finish();
  return out;
}

template <typename T, typename Write>
json::value write_optional_by(const std::optional<T>& value, Write write_it) {
  return value ? write_it(*value) : json::value(nullptr);
}

}  // namespace

json::value write_case(const Case& value) {
  json::object out{{"format", case_format},
                   {"child", write(value.child)},
                   {"parent", write(value.parent)},
                   {"at", write(value.at)},
                   {"policy", write(value.policy)},
                   {"delegation", write_delegation(value.delegation)},
                   {"request", clean(to_text(value.request))},
                   {"outcome", clean(to_text(value.outcome))},
                   {"ready_at", write_optional(value.ready_at)},
                   {"ds", write_optional_by(value.ds, write_list<dns::Ds>)},
                   {"request_id", write(value.request_id)},
                   {"first_valid_at", write_optional(value.first_valid_at)},
                   {"last_valid_at", write_optional(value.last_valid_at)},
                   {"findings", write_list(value.findings)},
                   {"hold", write_optional_by(value.hold, write_hold)},
                   {"retry", write_optional_by(value.retry, write_retry)},
                   {"watermark", write_inceptions(value.watermark)},
                   {"suspension", write_optional_by(value.suspension, write_suspension)},
                   {"lost_removal", write_optional_by(value.lost_removal, write_lost_removal)},
                   {"lowered_ttl", write_optional_by(value.lowered_ttl, write_lowered_ttl)},
                   {"approval", write_optional_by(value.approval, write_approval)},
                   {"absent_since", write_optional(value.absent_since)},
                   {"conditions", write_conditions(value.conditions)},
                   {"change", write_optional_by(value.change, write_change)}};
  // Evidence is found by the hash of its document: what has none of these is written as before.
  if (!value.csync.empty()) out.emplace("csync", write_csync_case(value.csync));
  if (value.notified_since) out.emplace("notified_since", write(*value.notified_since));
  return out;
}

namespace {

std::uint32_t read_format(const json::value& value, Trouble& trouble) {
  const auto format = read_number<std::uint32_t>(value, trouble);
  if (format == 0 || format > case_format) {
    trouble.report("it was written by another version of dskeeper");
  }
  return format;
}

// What format 1 did not have.
void read_second_format(Fields& fields, Case& out) {
  out.lost_removal = fields.get_optional("lost_removal", read_lost_removal);
  out.lowered_ttl = fields.get_optional("lowered_ttl", read_lowered_ttl);
  out.approval = fields.get_optional("approval", read_approval);
  out.absent_since = fields.get_optional("absent_since", read_time);
  out.conditions = fields.get_list("conditions", read_condition);
}

}  // namespace

Case read_case(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Case out;
  const std::uint32_t format = fields.get("format", read_format);
  out.child = fields.get("child", read_name);
  out.parent = fields.get("parent", read_name);
  out.at = fields.get("at", read_time);
  out.policy = fields.get("policy", read_text);
  out.delegation = fields.get("delegation", read_delegation);
  out.delegation.child = out.child;
  out.delegation.parent = out.parent;
  out.request = fields.get("request", read_word<parse_request>);
  out.outcome = fields.get("outcome", read_word<parse_outcome>);
  out.ready_at = fields.get_optional("ready_at", read_time);
  out.ds = fields.get_optional("ds", read_ds_set);
  out.request_id = fields.get("request_id", read_text);
  out.first_valid_at = fields.get_optional("first_valid_at", read_time);
  out.last_valid_at = fields.get_optional("last_valid_at", read_time);
  out.findings = fields.get_list("findings", read_finding);
  out.hold = fields.get_optional("hold", read_hold);
  out.retry = fields.get_optional("retry", read_retry);
  out.watermark = fields.get("watermark", read_inceptions);
  out.suspension = fields.get_optional("suspension", read_suspension);
  if (format >= 2) read_second_format(fields, out);
  if (fields.has("csync")) out.csync = fields.get("csync", read_csync_case);
  if (fields.has("notified_since")) out.notified_since = fields.get("notified_since", read_time);
  out.change = fields.get_optional("change", read_change);
  fields.finish();
  return out;
}

}  // namespace json_parts

std::string case_to_json(const Case& value) {
  return json_parts::json::serialize(json_parts::write_case(value));
}

Result<Case> case_from_json(std::string_view text) {
  json_parts::Trouble trouble;
  const auto value = json_parts::parse(text, json_parts::case_octets_max, trouble);
  Case out = json_parts::read_case(value, trouble);
  if (trouble.found()) return tl::unexpected<Error>(trouble.error("a case"));
  return out;
}

}  // namespace dskeeper
