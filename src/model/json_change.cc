// Changes as JSON.
#include "model/json_change.h"

#include "model/json.h"
#include "model/json_csync.h"

namespace dskeeper {
namespace json_parts {

json::value write_change(const Change& change) {
  json::object out{{"id", write(change.id)},
                   {"child", write(change.child)},
                   {"parent", write(change.parent)},
                   {"request", clean(to_text(change.request))},
                   {"before", write_list(change.before)},
                   {"after", write_list(change.after)},
                   {"ttl", change.ttl.seconds},
                   {"restore_ttl", change.restore_ttl ? json::value(change.restore_ttl->seconds)
                                                      : json::value(nullptr)},
                   {"hosts", write_list(change.hosts)},
                   {"request_id", write(change.request_id)},
                   {"revision", write(change.revision)},
                   {"state", clean(to_text(change.state))},
                   {"queued_at", write(change.queued_at)},
                   {"judged_at", write(change.judged_at)},
                   {"sent_at", write_optional(change.sent_at)},
                   {"taken_at", write_optional(change.taken_at)},
                   {"is_uncertain", change.is_uncertain},
                   {"ended_at", write_optional(change.ended_at)},
                   {"is_shown", change.is_shown},
                   {"is_released", change.is_released},
                   {"attempts", change.attempts},
                   {"reason", write(change.reason)}};
  // Evidence is found by the hash of its document: a change of the DS set is written as before.
  if (change.name_servers) out.emplace("name_servers", write_edit(*change.name_servers));
  return out;
}

dns::Ttl read_ttl(const json::value& value, Trouble& trouble) {
  return dns::Ttl{read_number<std::uint32_t>(value, trouble)};
}

Change read_change(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Change out;
  out.id = fields.get("id", read_text);
  out.child = fields.get("child", read_name);
  out.parent = fields.get("parent", read_name);
  out.request = fields.get("request", read_word<parse_request>);
  out.before = dns::make_ds_set(fields.get_list("before", read_ds));
  out.after = dns::make_ds_set(fields.get_list("after", read_ds));
  out.ttl = fields.get("ttl", read_ttl);
  if (fields.has("restore_ttl")) out.restore_ttl = fields.get_optional("restore_ttl", read_ttl);
  out.hosts = fields.get_list("hosts", read_name);
  if (fields.has("name_servers")) out.name_servers = fields.get("name_servers", read_edit);
  out.request_id = fields.get("request_id", read_text);
  out.revision = fields.get("revision", read_text);
  out.state = fields.get("state", read_word<parse_change_state>);
  out.queued_at = fields.get("queued_at", read_time);
  out.judged_at = fields.get("judged_at", read_time);
  out.sent_at = fields.get_optional("sent_at", read_time);
  out.taken_at = fields.get_optional("taken_at", read_time);
  out.is_uncertain = fields.get("is_uncertain", read_bool);
  out.ended_at = fields.get_optional("ended_at", read_time);
  if (fields.has("is_shown")) out.is_shown = fields.get("is_shown", read_bool);
  if (fields.has("is_released")) out.is_released = fields.get("is_released", read_bool);
  out.attempts = fields.get("attempts", read_number<unsigned>);
  out.reason = fields.get("reason", read_text);
  fields.finish();
  return out;
}

}  // namespace json_parts

std::string change_to_json(const Change& value) {
  return json_parts::json::serialize(json_parts::write_change(value));
}

Result<Change> change_from_json(std::string_view text) {
  json_parts::Trouble trouble;
  const auto value = json_parts::parse(text, json_parts::case_octets_max, trouble);
  Change out = json_parts::read_change(value, trouble);
  if (trouble.found()) return tl::unexpected<Error>(trouble.error("a change"));
  return out;
}

}  // namespace dskeeper
