// Surveys as JSON, the answers' wire forms in base64.
#include "model/json_survey.h"

#include "model/json.h"
#include "model/json_answer.h"
#include "model/json_csync.h"
#include "model/json_parts.h"
#include "model/json_signals.h"

namespace dskeeper {
namespace json_parts {
namespace {

json::value write_resolver(const ResolverHealth& health) {
  return json::object{{"fault", clean(to_text(health.fault))}, {"facts", write_list(health.facts)}};
}

ResolverHealth read_resolver(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  ResolverHealth out{fields.get("fault", read_word<parse_resolver_fault>),
                     fields.get_list("facts", read_text)};
  fields.finish();
  return out;
}

}  // namespace

json::value write_survey(const Survey& value) {
  json::object out{{"child", write(value.child)},
                   {"vantage", write(value.vantage)},
                   {"look", value.look.value},
                   {"started_at", write(value.started_at)},
                   {"ended_at", write(value.ended_at)},
                   {"revision", write(value.revision)},
                   {"stopped_early", value.stopped_early},
                   {"servers", write_servers(value.servers)},
                   {"answers", write_answers(value.answers)}};
  // Evidence is found by the hash of its document: what has neither is written as before.
  if (!value.signals.empty()) out.emplace("signals", write_signals(value.signals));
  if (!value.csync.empty()) out.emplace("csync", write_csync(value.csync));
  if (value.resolver.fault != ResolverFault::none) {
    out.emplace("resolver", write_resolver(value.resolver));
  }
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
  if (fields.has("csync")) out.csync = fields.get("csync", read_csync);
  if (fields.has("signals")) out.signals = fields.get("signals", read_signals);
  if (fields.has("resolver")) out.resolver = fields.get("resolver", read_resolver);
  fields.finish();
  return out;
}

}  // namespace json_parts

std::string survey_to_json(const Survey& value) {
  return json_parts::json::serialize(json_parts::write_survey(value));
}

Result<Survey> survey_from_json(std::string_view text) {
  json_parts::Trouble trouble;
  const auto value = json_parts::parse(text, json_parts::survey_octets_max, trouble);
  Survey out = json_parts::read_survey(value, trouble);
  if (trouble.found()) return tl::unexpected<Error>(trouble.error("a survey"));
  return out;
}

}  // namespace dskeeper
