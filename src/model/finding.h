// A finding: one thing that was noticed about a child, in words that a help desk can read aloud.
//
// Every kind of finding is one row of finding_catalogue.cc: its stable code, severity, rule,
// sentence and what the child's operator does about it. Log, JSON, metrics and manual all use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/survey.h"

namespace dskeeper {

enum class Severity : std::uint8_t { error, warning, info };  // worst first
[[nodiscard]] std::string_view to_text(Severity severity);

enum class FindingCode : std::uint8_t {
  // What could not be seen.
  server_silent,
  server_without_address,
  server_not_resolved,
  server_not_permitted,
  server_refuses,
  server_fails,
  server_not_authoritative,
  answer_malformed,
  answer_truncated,
  answer_not_over_tcp,
  denial_unproven,
  // What is wrong with the registry's own means.
  resolver_silent,
  trust_anchor_wrong,
  clock_wrong,
  // What the child publishes.
  record_malformed,
  delete_malformed,
  too_many_records,
  key_unusable,
  no_eligible_digest,
  algorithm_not_acceptable,
  // Whether the servers agree (RFC 9975).
  servers_differ,
  types_differ,
  delete_not_everywhere,
  type_not_everywhere,
  // Whether it is genuine (RFC 7344 §4.1).
  signature_missing,
  signature_expired,
  signature_not_yet_valid,
  signature_invalid,
  too_many_signatures,
  signer_not_in_ds,
  replayed,
  // Whether a first DS is authenticated (RFC 9615).
  signals_impossible,
  signal_name_too_long,
  signal_missing,
  signal_differs,
  signal_insecure,
  signal_at_zone_cut,
  signal_is_alias,
  signal_bogus,
  signal_unanswered,
  signals_not_used,
  signals_confirm,
  // Whether the domain stays resolvable (RFC 10026 §4).
  dnskey_missing,
  would_break,
  chain_broken,
  algorithm_incomplete,
  algorithm_not_signing,
  // Whether name servers and glue may be copied (RFC 7477).
  csync_insecure,
  csync_chain_broken,
  csync_not_single,
  csync_flags_unknown,
  csync_types_unsupported,
  csync_types_off,
  csync_serial_too_low,
  csync_serials_unordered,
  csync_zone_changed,
  csync_serial_went_back,
  csync_data_differ,
  csync_ns_empty,
  csync_host_unusable,
  csync_in_grandchild,
  csync_over_limit,
  csync_host_without_glue,
  csync_too_few_servers,
  csync_server_not_permitted,
  csync_server_silent,
  csync_server_lame,
  csync_server_breaks,
  csync_none_remains,
  csync_glue_shared,
  csync_opted_out,
  csync_waits_for_person,
  csync_expired,
  csync_after_ds,
  // What the policy says.
  bootstrap_off,
  bootstrap_barred,
  bootstrap_status_bars,
  delete_off,
  hold_running,
  hold_restarted,
  vantages_missing,
  server_dropped,
  retries_exhausted,
  opted_out,
  status_bars,
  status_missing,
  suspended,
  approval_helps,
  approved,
  approval_ended,
  breaker_open,
  change_failed,
  change_superseded,
  source_behind,  // the last one: finding_code_count follows it
};
inline constexpr std::size_t finding_code_count =
    static_cast<std::size_t>(FindingCode::source_behind) + 1;

// One row of the catalogue.
struct FindingKind {
  FindingCode code;
  std::string_view name;  // "signer-not-in-ds": stable, kebab-case
  Severity severity;
  std::string_view rule;      // "RFC 7344 §4.1"
  std::string_view sentence;  // {} takes the next fact, {servers} lists Finding::servers
  std::string_view remedy;    // what the child's operator does about it
  int extended_error;         // the EDE INFO-CODE that suits (RFC 8914), for reports
};
[[nodiscard]] std::span<const FindingKind> finding_catalogue();
[[nodiscard]] const FindingKind& kind_of(FindingCode code);
[[nodiscard]] Result<FindingCode> parse_finding_code(std::string_view name);

struct Finding {
  FindingCode code{};
  std::vector<ServerAddress> servers;  // sorted; empty where it concerns none in particular
  std::vector<std::string> facts;      // what fills the blanks of the sentence

  [[nodiscard]] std::string text() const;
  [[nodiscard]] Severity severity() const { return kind_of(code).severity; }
  bool operator==(const Finding&) const = default;
};

// Worst first; within a severity in the order given, which is the order of the rules.
void sort_findings(std::vector<Finding>& findings);

}  // namespace dskeeper
