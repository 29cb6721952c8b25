#include "model/json_signals.h"

namespace dskeeper::json_parts {
namespace {

json::value write(const SignalAnswer& answer);
json::value write(const HostSignals& host);
json::value write(const ChainLink& link);
json::value write(const TrustAnchor& anchor);

template <typename T>
json::array write_each(const std::vector<T>& entries) {
  json::array out;
  out.reserve(entries.size());
  for (const T& entry : entries) out.push_back(write(entry));
  return out;
}

json::value write(const SignalAnswer& answer) {
  return json::object{{"type", clean(dns::to_text(answer.type))},
                      {"status", clean(to_text(answer.status))},
                      {"why", json_parts::write(answer.why)},
                      {"wire", json_parts::write(answer.wire)}};
}

json::value write(const HostSignals& host) {
  return json::object{{"host", json_parts::write(host.host)},
                      {"answers", write_each(host.answers)}};
}

json::value write(const ChainLink& link) {
  return json::object{{"zone", json_parts::write(link.zone)},
                      {"dnskey", json_parts::write(link.dnskey)},
                      {"ds", json_parts::write(link.ds)}};
}

json::value write(const TrustAnchor& anchor) {
  return json::object{{"zone", json_parts::write(anchor.zone)},
                      {"ds", json_parts::write(anchor.ds)}};
}

SignalAnswer read_answer(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  SignalAnswer out;
  out.type = fields.get("type", read_word<dns::parse_record_type>);
  out.status = fields.get("status", read_word<parse_security_status>);
  out.why = fields.get("why", read_text);
  out.wire = fields.get("wire", read_bytes);
  fields.finish();
  return out;
}

HostSignals read_host(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  HostSignals out{fields.get("host", read_name), fields.get_list("answers", read_answer)};
  fields.finish();
  return out;
}

ChainLink read_link(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  ChainLink out{fields.get("zone", read_name), fields.get("dnskey", read_bytes),
                fields.get("ds", read_bytes)};
  fields.finish();
  return out;
}

TrustAnchor read_anchor(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  TrustAnchor out{fields.get("zone", read_name), fields.get("ds", read_ds)};
  fields.finish();
  return out;
}

}  // namespace

json::value write_signals(const SignalSurvey& signals) {
  return json::object{{"hosts", write_each(signals.hosts)},
                      {"chain", write_each(signals.chain)},
                      {"anchors", write_each(signals.anchors)}};
}

SignalSurvey read_signals(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  SignalSurvey out;
  out.hosts = fields.get_list("hosts", read_host);
  out.chain = fields.get_list("chain", read_link);
  out.anchors = fields.get_list("anchors", read_anchor);
  fields.finish();
  return out;
}

}  // namespace dskeeper::json_parts
