#include "model/json_retry.h"

namespace dskeeper::json_parts {
namespace {

Retries read_retries(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Retries out;
  out.trouble = fields.get("trouble", read_word<parse_trouble>);
  out.attempts = fields.get("attempts", read_number<unsigned>);
  out.since = fields.get("since", read_time);
  fields.finish();
  return out;
}

SilentServer read_silent(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  SilentServer out;
  out.server = fields.get("server", read_server);
  out.since = fields.get("since", read_time);
  out.looks = fields.get("looks", read_number<unsigned>);
  fields.finish();
  return out;
}

// Format 1 kept one count for all troubles, and one time for all silent servers.
Retry read_first_retry(Fields& fields) {
  Retry out;
  const auto attempts = fields.get("attempts", read_number<unsigned>);
  const Time since = fields.get("since", read_time);
  out.last_look = fields.get("last_look", read_look);
  const auto silent = fields.get_list("silent", read_server);
  const Time silent_since = fields.get("silent_since", read_time);
  const auto looks = fields.get("silent_looks", read_number<unsigned>);
  out.current = silent.empty() ? dskeeper::Trouble::contradiction : dskeeper::Trouble::silence;
  out.troubles = {Retries{out.current, attempts, since}};
  for (const ServerAddress& server : silent) out.silent.push_back({server, silent_since, looks});
  return out;
}

}  // namespace

LookId read_look(const json::value& value, Trouble& trouble) {
  return LookId{read_number<std::uint64_t>(value, trouble)};
}

json::value write_retry(const Retry& retry) {
  json::array troubles;
  for (const Retries& retries : retry.troubles) {
    troubles.push_back(json::object{{"trouble", clean(to_text(retries.trouble))},
                                    {"attempts", retries.attempts},
                                    {"since", write(retries.since)}});
  }
  json::array silent;
  for (const SilentServer& server : retry.silent) {
    silent.push_back(json::object{
        {"server", write(server.server)}, {"since", write(server.since)}, {"looks", server.looks}});
  }
  return json::object{{"current", clean(to_text(retry.current))},
                      {"troubles", std::move(troubles)},
                      {"last_look", retry.last_look.value},
                      {"silent", std::move(silent)}};
}

Retry read_retry(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Retry out;
  if (fields.has("attempts")) {
    out = read_first_retry(fields);
  } else {
    out.current = fields.get("current", read_word<parse_trouble>);
    out.troubles = fields.get_list("troubles", read_retries);
    out.last_look = fields.get("last_look", read_look);
    out.silent = fields.get_list("silent", read_silent);
  }
  fields.finish();
  return out;
}

json::value write_approval(const Approval& approval) {
  return json::object{{"request_id", write(approval.request_id)},
                      {"actor", write(approval.actor)},
                      {"at", write(approval.at)}};
}

Approval read_approval(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Approval out;
  out.request_id = fields.get("request_id", read_text);
  out.actor = fields.get("actor", read_text);
  out.at = fields.get("at", read_time);
  fields.finish();
  return out;
}

}  // namespace dskeeper::json_parts
