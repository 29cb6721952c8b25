// Surveys as JSON, the answers' wire forms in base64.
#include "model/json.h"
#include "model/json_parts.h"
#include "model/json_signals.h"

namespace dskeeper {
namespace json_parts {
namespace {

json::value write(const SurveyedServer& server) {
  return json::object{{"host", json_parts::write(server.host)},
                      {"addresses", write_list(server.addresses)},
                      {"trouble", json_parts::write(server.trouble)},
                      {"is_complete", server.is_complete}};
}

json::value write(const Answer& answer) {
  return json::object{{"server", json_parts::write(answer.server)},
                      {"type", clean(dns::to_text(answer.type))},
                      {"transport", clean(to_text(answer.transport))},
                      {"asked_at", json_parts::write(answer.asked_at)},
                      {"round_trip_ms", answer.round_trip.count()},
                      {"status", clean(to_text(answer.status))},
                      {"wire", json_parts::write(answer.wire)}};
}

template <typename T>
json::value write_each(const std::vector<T>& entries) {
  json::array out;
  out.reserve(entries.size());
  for (const T& entry : entries) out.push_back(write(entry));
  return out;
}

SurveyedServer read_surveyed_server(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  SurveyedServer out{fields.get("host", read_name), fields.get_list("addresses", read_address),
                     fields.get("trouble", read_text), fields.get("is_complete", read_bool)};
  fields.finish();
  return out;
}

Duration read_round_trip(const json::value& value, Trouble& trouble) {
  return Duration(read_number<std::uint32_t>(value, trouble));
}

Answer read_answer(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Answer out;
  out.server = fields.get("server", read_server);
  out.type = fields.get("type", read_word<dns::parse_record_type>);
  out.transport = fields.get("transport", read_word<parse_transport>);
  out.asked_at = fields.get("asked_at", read_time);
  out.round_trip = fields.get("round_trip_ms", read_round_trip);
  out.status = fields.get("status", read_word<parse_answer_status>);
  out.wire = fields.get("wire", read_bytes);
  fields.finish();
  return out;
}

Survey read_survey(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Survey out;
  out.child = fields.get("child", read_name);
  out.vantage = fields.get("vantage", read_text);
  out.look = LookId{fields.get("look", read_number<std::uint64_t>)};
  out.started_at = fields.get("started_at", read_time);
  out.ended_at = fields.get("ended_at", read_time);
  out.revision = fields.get("revision", read_text);
  out.stopped_early = fields.get("stopped_early", read_bool);
  out.servers = fields.get_list("servers", read_surveyed_server);
  out.answers = fields.get_list("answers", read_answer);
  if (fields.has("signals")) out.signals = fields.get("signals", read_signals);
  fields.finish();
  return out;
}

}  // namespace
}  // namespace json_parts

std::string survey_to_json(const Survey& value) {
  using json_parts::write;
  json_parts::json::object out{{"child", write(value.child)},
                               {"vantage", write(value.vantage)},
                               {"look", value.look.value},
                               {"started_at", write(value.started_at)},
                               {"ended_at", write(value.ended_at)},
                               {"revision", write(value.revision)},
                               {"stopped_early", value.stopped_early},
                               {"servers", json_parts::write_each(value.servers)},
                               {"answers", json_parts::write_each(value.answers)}};
  // Evidence is found by the hash of its document: what has no signals is written as before.
  if (!value.signals.empty()) out.emplace("signals", json_parts::write_signals(value.signals));
  return json_parts::json::serialize(out);
}

Result<Survey> survey_from_json(std::string_view text) {
  json_parts::Trouble trouble;
  const auto value = json_parts::parse(text, json_parts::survey_octets_max, trouble);
  Survey out = json_parts::read_survey(value, trouble);
  if (trouble.found()) return tl::unexpected<Error>(trouble.error("a survey"));
  return out;
}

}  // namespace dskeeper
