// Policies as JSON, complete, for the evidence: a later program may have other defaults.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "model/json.h"
#include "model/json_change.h"
#include "model/json_parts.h"
#include "model/words.h"

namespace dskeeper {
namespace json_parts {
namespace {

constexpr std::uint32_t policy_format = 1;

constexpr Words<4> signal_words = {"either", "cds", "cdnskey", "cds-matched"};
constexpr Words<2> bootstrap_words = {"authenticated", "delay"};
constexpr Words<2> transport_words = {"any", "tcp"};

// A field that is added to Policy breaks this binding, so that none is forgotten below.
[[maybe_unused]] void count_fields(const Policy& policy) {
  [[maybe_unused]] const auto& [name, signals, strict_both, bootstrap, bootstrap_bar_status, hold,
                                looks, secure_transport, vantages, algorithms, digests,
                                digests_enforce, algorithms_complete, out_of_band_wins, keys_max,
                                cds_max, ds_max, require_status, bar_status, accept_delete, csync,
                                csync_approval, ns_min, retry, unreachable, ds_ttl,
                                approval_expires, deep_interval, notified_interval, breaker, keep] =
      policy;
}

json::value write_duration(Duration duration) {
  return duration.count();
}
// As text: the shortest that reads back as the same number.
json::value write_share(double share) {
  return clean(fmt::format("{}", share));
}
json::value write_quorum(const Quorum& quorum) {
  return json::object{{"all", quorum.all}, {"count", quorum.count}};
}

template <typename T, typename Write>
json::array write_each(const std::vector<T>& entries, Write write_it) {
  json::array out;
  for (const T& entry : entries) out.push_back(write_it(entry));
  return out;
}

// Two texts of one digit for each number: the table is data, and nearly all of it is zero.
json::value write_algorithms(const AlgorithmTable& table) {
  std::string algorithms;
  std::string digests;
  for (unsigned number = 0; number < 256; ++number) {
    const auto use = static_cast<unsigned>(table.use_of(static_cast<dns::Algorithm>(number)));
    algorithms.push_back(static_cast<char>('0' + use));
    const DigestUse digest = table.use_of(static_cast<dns::DigestType>(number));
    const unsigned bits =
        (digest.is_eligible ? 1U : 0U) | (digest.may_publish ? 2U : 0U) | (digest.counts ? 4U : 0U);
    digests.push_back(static_cast<char>('0' + bits));
  }
  return json::object{{"algorithms", write(algorithms)}, {"digests", write(digests)}};
}

json::object write_policy(const Policy& policy) {
  json::object out;
  out["format"] = policy_format;
  out["name"] = write(policy.name);
  out["signals"] = clean(word_of(signal_words, policy.signals));
  out["strict_both"] = policy.strict_both;
  out["bootstrap"] = write_each(policy.bootstrap, [](BootstrapMethod method) {
    return json::value(clean(word_of(bootstrap_words, method)));
  });
  out["bootstrap_bar_status"] = write_list(policy.bootstrap_bar_status);
  out["hold"] = write_duration(policy.hold);
  out["looks"] = policy.looks;
  out["secure_transport"] = clean(word_of(transport_words, policy.secure_transport));
  out["vantages"] = json::object{{"bootstrap", write_quorum(policy.vantages.bootstrap)},
                                 {"update", write_quorum(policy.vantages.update)},
                                 {"delete", write_quorum(policy.vantages.remove)},
                                 {"csync", write_quorum(policy.vantages.csync)}};
  out["algorithms"] = write_algorithms(policy.algorithms);
  out["digests"] = write_each(policy.digests, [](dns::DigestType type) {
    return json::value(static_cast<unsigned>(type));
  });
  out["digests_enforce"] = policy.digests_enforce;
  out["algorithms_complete"] = policy.algorithms_complete;
  out["out_of_band_wins"] = policy.out_of_band_wins;
  out["keys_max"] = policy.keys_max;
  out["cds_max"] = policy.cds_max;
  out["ds_max"] = policy.ds_max;
  out["require_status"] = write_list(policy.require_status);
  out["bar_status"] = write_list(policy.bar_status);
  out["accept_delete"] = policy.accept_delete;
  out["csync"] = write_list(policy.csync);
  out["csync_approval"] = policy.csync_approval;
  out["ns_min"] = policy.ns_min;
  out["retry"] = write_each(policy.retry, write_duration);
  out["unreachable"] = json::object{{"drop_after", write_duration(policy.unreachable.drop_after)},
                                    {"looks", policy.unreachable.looks}};
  out["ds_ttl"] = json::object{{"first", policy.ds_ttl.first.seconds},
                               {"keep_on_update", policy.ds_ttl.keep_on_update},
                               {"update", policy.ds_ttl.update.seconds},
                               {"normal", policy.ds_ttl.normal.seconds},
                               {"restore_after", write_duration(policy.ds_ttl.restore_after)}};
  out["approval_expires"] = write_duration(policy.approval_expires);
  out["deep_interval"] = write_duration(policy.deep_interval);
  // Evidence is found by the hash of its document: what has none of it is written as before.
  if (policy.notified_interval != Duration::zero()) {
    out["notified_interval"] = write_duration(policy.notified_interval);
  }
  out["breaker"] = json::object{{"delete_share", write_share(policy.breaker.delete_share)},
                                {"delete_min", policy.breaker.delete_min},
                                {"change_share", write_share(policy.breaker.change_share)},
                                {"change_min", policy.breaker.change_min},
                                {"operator_share", write_share(policy.breaker.operator_share)},
                                {"operator_min", policy.breaker.operator_min}};
  out["keep"] = write_duration(policy.keep);
  return out;
}

Duration read_duration(const json::value& value, Trouble& trouble) {
  constexpr std::uint64_t thousand_years_ms = 31'557'600'000'000;
  return Duration(read_unsigned(value, thousand_years_ms, trouble));
}

double read_share(const json::value& value, Trouble& trouble) {
  const std::string text = read_text(value, trouble);
  double share = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (error != std::errc{} || end != text.data() + text.size()) trouble.report("it is no number");
  return share;
}

template <typename Enum, const auto& words>
Enum read_own_word(const json::value& value, Trouble& trouble) {
  const auto word = parse_word<Enum>(words, read_text(value, trouble), "a word of a policy");
  if (!word) trouble.report(word.error().what);
  return word ? *word : Enum{};
}

Quorum read_quorum(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Quorum out{fields.get("all", read_bool), fields.get("count", read_number<unsigned>)};
  fields.finish();
  return out;
}

// So many digits from 0 to `max`, one for each number.
std::string read_digits(const json::value& value, char max, Trouble& trouble) {
  std::string digits = read_text(value, trouble);
  const auto is_wrong = [&](char digit) { return digit < '0' || digit > max; };
  if (digits.size() != 256 ||
      std::find_if(digits.begin(), digits.end(), is_wrong) != digits.end()) {
    trouble.report("it is not one digit for each of 256 numbers");
    digits.assign(256, '0');
  }
  return digits;
}

AlgorithmTable read_algorithms(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  const std::string algorithms = fields.get(
      "algorithms", [](const auto& text, Trouble& t) { return read_digits(text, '2', t); });
  const std::string digests =
      fields.get("digests", [](const auto& text, Trouble& t) { return read_digits(text, '7', t); });
  fields.finish();
  AlgorithmTable out;
  for (unsigned number = 0; number < 256; ++number) {
    const auto use = static_cast<AlgorithmUse>(algorithms[number] - '0');
    out.set(static_cast<dns::Algorithm>(number), use);
    const auto bits = static_cast<unsigned>(digests[number] - '0');
    out.set(static_cast<dns::DigestType>(number), DigestUse{.is_eligible = (bits & 1U) != 0,
                                                            .may_publish = (bits & 2U) != 0,
                                                            .counts = (bits & 4U) != 0});
  }
  return out;
}

dns::DigestType read_digest_type(const json::value& value, Trouble& trouble) {
  return static_cast<dns::DigestType>(read_number<std::uint8_t>(value, trouble));
}

void read_vantages(const json::value& value, Trouble& trouble, Policy& policy) {
  Fields fields(value, trouble);
  policy.vantages.bootstrap = fields.get("bootstrap", read_quorum);
  policy.vantages.update = fields.get("update", read_quorum);
  policy.vantages.remove = fields.get("delete", read_quorum);
  policy.vantages.csync = fields.get("csync", read_quorum);
  fields.finish();
}

void read_unreachable(const json::value& value, Trouble& trouble, Policy& policy) {
  Fields fields(value, trouble);
  policy.unreachable.drop_after = fields.get("drop_after", read_duration);
  policy.unreachable.looks = fields.get("looks", read_number<unsigned>);
  fields.finish();
}

void read_ds_ttl(const json::value& value, Trouble& trouble, Policy& policy) {
  Fields fields(value, trouble);
  policy.ds_ttl.first = fields.get("first", read_ttl);
  policy.ds_ttl.keep_on_update = fields.get("keep_on_update", read_bool);
  policy.ds_ttl.update = fields.get("update", read_ttl);
  policy.ds_ttl.normal = fields.get("normal", read_ttl);
  policy.ds_ttl.restore_after = fields.get("restore_after", read_duration);
  fields.finish();
}

void read_breaker(const json::value& value, Trouble& trouble, Policy& policy) {
  Fields fields(value, trouble);
  policy.breaker.delete_share = fields.get("delete_share", read_share);
  policy.breaker.delete_min = fields.get("delete_min", read_number<unsigned>);
  policy.breaker.change_share = fields.get("change_share", read_share);
  policy.breaker.change_min = fields.get("change_min", read_number<unsigned>);
  policy.breaker.operator_share = fields.get("operator_share", read_share);
  policy.breaker.operator_min = fields.get("operator_min", read_number<unsigned>);
  fields.finish();
}

// A part that fills more than one field of the policy.
template <typename ReadPart>
void read_part(Fields& fields, std::string_view name, ReadPart read_it, Policy& policy) {
  fields.get(name, [&](const json::value& value, Trouble& trouble) {
    read_it(value, trouble, policy);
    return true;
  });
}

Policy read_policy(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Policy out;
  if (fields.get("format", read_number<std::uint32_t>) != policy_format) {
    trouble.report("it was written by another version of dskeeper");
  }
  out.name = fields.get("name", read_text);
  out.signals = fields.get("signals", read_own_word<SignalTypes, signal_words>);
  out.strict_both = fields.get("strict_both", read_bool);
  out.bootstrap = fields.get_list("bootstrap", read_own_word<BootstrapMethod, bootstrap_words>);
  out.bootstrap_bar_status = fields.get_list("bootstrap_bar_status", read_text);
  out.hold = fields.get("hold", read_duration);
  out.looks = fields.get("looks", read_number<unsigned>);
  out.secure_transport =
      fields.get("secure_transport", read_own_word<SecureTransport, transport_words>);
  read_part(fields, "vantages", read_vantages, out);
  out.algorithms = fields.get("algorithms", read_algorithms);
  out.digests = fields.get_list("digests", read_digest_type);
  out.digests_enforce = fields.get("digests_enforce", read_bool);
  out.algorithms_complete = fields.get("algorithms_complete", read_bool);
  out.out_of_band_wins = fields.get("out_of_band_wins", read_bool);
  out.keys_max = fields.get("keys_max", read_number<unsigned>);
  out.cds_max = fields.get("cds_max", read_number<unsigned>);
  out.ds_max = fields.get("ds_max", read_number<unsigned>);
  out.require_status = fields.get_list("require_status", read_text);
  out.bar_status = fields.get_list("bar_status", read_text);
  out.accept_delete = fields.get("accept_delete", read_bool);
  out.csync = fields.get_list("csync", read_text);
  out.csync_approval = fields.get("csync_approval", read_bool);
  out.ns_min = fields.get("ns_min", read_number<unsigned>);
  out.retry = fields.get_list("retry", read_duration);
  read_part(fields, "unreachable", read_unreachable, out);
  read_part(fields, "ds_ttl", read_ds_ttl, out);
  out.approval_expires = fields.get("approval_expires", read_duration);
  out.deep_interval = fields.get("deep_interval", read_duration);
  if (fields.has("notified_interval")) {
    out.notified_interval = fields.get("notified_interval", read_duration);
  }
  read_part(fields, "breaker", read_breaker, out);
  out.keep = fields.get("keep", read_duration);
  fields.finish();
  return out;
}

}  // namespace
}  // namespace json_parts

std::string policy_to_json(const Policy& value) {
  return json_parts::json::serialize(json_parts::write_policy(value));
}

Result<Policy> policy_from_json(std::string_view text) {
  json_parts::Trouble trouble;
  const auto value = json_parts::parse(text, json_parts::case_octets_max, trouble);
  Policy out = json_parts::read_policy(value, trouble);
  if (trouble.found()) return tl::unexpected<Error>(trouble.error("a policy"));
  return out;
}

}  // namespace dskeeper
