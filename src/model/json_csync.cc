#include "model/json_csync.h"

#include "model/json_answer.h"
#include "model/json_delegation.h"
#include "model/json_retry.h"

namespace dskeeper::json_parts {
namespace {

CsyncAnswer read_csync_answer(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  CsyncAnswer out;
  out.name = fields.get("name", read_name);
  out.answer = read_answer_fields(fields);
  fields.finish();
  return out;
}

std::vector<NameServer> read_name_servers(const json::value& value, Trouble& trouble) {
  return read_list(value, trouble, read_name_server);
}

dns::Serial read_serial(const json::value& value, Trouble& trouble) {
  return dns::Serial{read_number<std::uint32_t>(value, trouble)};
}

json::value write_serials(const std::vector<SeenSerials>& serials) {
  json::array out;
  for (const SeenSerials& seen : serials) {
    out.push_back(json::object{
        {"server", write(seen.server)},
        {"zone", seen.zone.value},
        {"csync", seen.csync ? json::value(seen.csync->value) : json::value(nullptr)}});
  }
  return out;
}

SeenSerials read_seen(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  SeenSerials out;
  out.server = fields.get("server", read_server);
  out.zone = fields.get("zone", read_serial);
  out.csync = fields.get_optional("csync", read_serial);
  fields.finish();
  return out;
}

}  // namespace

json::value write_csync(const CsyncSurvey& survey) {
  json::array answers;
  for (const CsyncAnswer& asked : survey.answers) {
    json::object answer = write_answer(asked.answer);
    answer.emplace("name", write(asked.name));
    answers.push_back(std::move(answer));
  }
  json::object out{{"answers", std::move(answers)},
                   {"new_servers", write_servers(survey.new_servers)},
                   {"new_answers", write_answers(survey.new_answers)}};
  if (survey.is_over_limit) out.emplace("is_over_limit", true);
  return out;
}

CsyncSurvey read_csync(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  CsyncSurvey out;
  out.answers = fields.get_list("answers", read_csync_answer);
  out.new_servers = fields.get_list("new_servers", read_surveyed_server);
  out.new_answers = fields.get_list("new_answers", read_answer);
  if (fields.has("is_over_limit")) out.is_over_limit = fields.get("is_over_limit", read_bool);
  fields.finish();
  return out;
}

json::value write_edit(const NameServersEdit& edit) {
  return json::object{{"before", write_name_servers(edit.before)},
                      {"after", write_name_servers(edit.after)},
                      {"lent", write_name_servers(edit.lent)}};
}

NameServersEdit read_edit(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  NameServersEdit out{fields.get("before", read_name_servers),
                      fields.get("after", read_name_servers),
                      fields.get("lent", read_name_servers)};
  fields.finish();
  return out;
}

json::value write_csync_case(const CsyncCase& csync) {
  const auto& name_servers = csync.name_servers;
  return json::object{
      {"outcome", clean(to_text(csync.outcome))},
      {"ready_at", write_optional(csync.ready_at)},
      {"request_id", write(csync.request_id)},
      {"name_servers", name_servers ? write_name_servers(*name_servers) : json::value(nullptr)},
      {"since", write_optional(csync.since)},
      {"approval", csync.approval ? write_approval(*csync.approval) : json::value(nullptr)},
      {"retry", csync.retry ? write_retry(*csync.retry) : json::value(nullptr)},
      {"serials", write_serials(csync.serials)},
      {"findings", write_list(csync.findings)}};
}

CsyncCase read_csync_case(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  CsyncCase out;
  out.outcome = fields.get("outcome", read_word<parse_outcome>);
  out.ready_at = fields.get_optional("ready_at", read_time);
  out.request_id = fields.get("request_id", read_text);
  out.name_servers = fields.get_optional("name_servers", read_name_servers);
  out.since = fields.get_optional("since", read_time);
  out.approval = fields.get_optional("approval", read_approval);
  out.retry = fields.get_optional("retry", read_retry);
  out.serials = fields.get_list("serials", read_seen);
  out.findings = fields.get_list("findings", read_finding);
  fields.finish();
  return out;
}

}  // namespace dskeeper::json_parts
