#include "model/json_answer.h"

namespace dskeeper::json_parts {
namespace {

json::value write_server(const SurveyedServer& server) {
  return json::object{{"host", write(server.host)},
                      {"addresses", write_list(server.addresses)},
                      {"trouble", write(server.trouble)},
                      {"is_complete", server.is_complete}};
}

Duration read_round_trip(const json::value& value, Trouble& trouble) {
  return Duration(read_number<std::uint32_t>(value, trouble));
}

}  // namespace

json::object write_answer(const Answer& answer) {
  return json::object{{"server", write(answer.server)},
                      {"type", clean(dns::to_text(answer.type))},
                      {"transport", clean(to_text(answer.transport))},
                      {"asked_at", write(answer.asked_at)},
                      {"round_trip_ms", answer.round_trip.count()},
                      {"status", clean(to_text(answer.status))},
                      {"wire", write(answer.wire)}};
}

json::value write_answers(const std::vector<Answer>& answers) {
  json::array out;
  out.reserve(answers.size());
  for (const Answer& answer : answers) out.push_back(write_answer(answer));
  return out;
}

json::value write_servers(const std::vector<SurveyedServer>& servers) {
  json::array out;
  out.reserve(servers.size());
  for (const SurveyedServer& server : servers) out.push_back(write_server(server));
  return out;
}

Answer read_answer_fields(Fields& fields) {
  Answer out;
  out.server = fields.get("server", read_server);
  out.type = fields.get("type", read_word<dns::parse_record_type>);
  out.transport = fields.get("transport", read_word<parse_transport>);
  out.asked_at = fields.get("asked_at", read_time);
  out.round_trip = fields.get("round_trip_ms", read_round_trip);
  out.status = fields.get("status", read_word<parse_answer_status>);
  out.wire = fields.get("wire", read_bytes);
  return out;
}

Answer read_answer(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Answer out = read_answer_fields(fields);
  fields.finish();
  return out;
}

SurveyedServer read_surveyed_server(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  SurveyedServer out{fields.get("host", read_name), fields.get_list("addresses", read_address),
                     fields.get("trouble", read_text), fields.get("is_complete", read_bool)};
  fields.finish();
  return out;
}

}  // namespace dskeeper::json_parts
