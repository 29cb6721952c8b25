// Delegations as JSON.
#include "model/json_delegation.h"

#include "model/json_change.h"

namespace dskeeper::json_parts {
namespace {

json::value write_known(const std::optional<bool>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::value write_registration(const Registration& registration) {
  return json::object{{"roid", write(registration.roid)},
                      {"sponsor", write(registration.sponsor)},
                      {"created", write_optional(registration.created)},
                      {"statuses", registration.statuses ? write_list(*registration.statuses)
                                                         : json::value(nullptr)},
                      {"no_ds", write_known(registration.no_ds)},
                      {"no_ns", write_known(registration.no_ns)},
                      {"bootstrap", write_known(registration.bootstrap)}};
}

std::vector<std::string> read_statuses(const json::value& value, Trouble& trouble) {
  return read_list(value, trouble, read_text);
}

Registration read_registration(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Registration out;
  out.roid = fields.get("roid", read_text);
  out.sponsor = fields.get("sponsor", read_text);
  out.created = fields.get_optional("created", read_time);
  out.statuses = fields.get_optional("statuses", read_statuses);
  out.no_ds = fields.get_optional("no_ds", read_bool);
  out.no_ns = fields.get_optional("no_ns", read_bool);
  out.bootstrap = fields.get_optional("bootstrap", read_bool);
  fields.finish();
  return out;
}

}  // namespace

json::value write_name_servers(const std::vector<NameServer>& name_servers) {
  json::array out;
  for (const NameServer& server : name_servers) {
    out.push_back(json::object{{"host", write(server.host)}, {"glue", write_list(server.glue)}});
  }
  return out;
}

NameServer read_name_server(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  NameServer out{fields.get("host", read_name), fields.get_list("glue", read_address)};
  fields.finish();
  return out;
}

json::value write_delegation(const Delegation& delegation) {
  json::object out{{"name_servers", write_name_servers(delegation.name_servers)},
                   {"ds", write_list(delegation.ds)},
                   {"ds_ttl", delegation.ds_ttl.seconds},
                   {"registration", write_registration(delegation.registration)},
                   {"revision", write(delegation.revision)}};
  // Evidence is found by the hash of its document: what has none of these is written as before.
  if (!delegation.lent.empty()) out.emplace("lent", write_name_servers(delegation.lent));
  return out;
}

Delegation read_delegation(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Delegation out;
  out.name_servers = fields.get_list("name_servers", read_name_server);
  out.ds = dns::make_ds_set(fields.get_list("ds", read_ds));
  out.ds_ttl = fields.get("ds_ttl", read_ttl);
  if (fields.has("lent")) out.lent = fields.get_list("lent", read_name_server);
  out.registration = fields.get("registration", read_registration);
  out.revision = fields.get("revision", read_text);
  fields.finish();
  return out;
}

dns::DsSet read_ds_set(const json::value& value, Trouble& trouble) {
  if (!value.is_array() || value.get_array().size() > list_entries_max) {
    trouble.report("it is not a list, or too long a one");
    return {};
  }
  std::vector<dns::Ds> out;
  for (const json::value& entry : value.get_array()) out.push_back(read_ds(entry, trouble));
  return dns::make_ds_set(std::move(out));
}

}  // namespace dskeeper::json_parts
