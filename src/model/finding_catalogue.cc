// The catalogue of findings (finding.h).
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "model/finding.h"

namespace dskeeper {
namespace {

constexpr Severity error = Severity::error;
constexpr Severity warning = Severity::warning;
constexpr Severity info = Severity::info;

// The catalogue: one row per code, in the order of the enumeration. A `{}` takes the next fact,
// `{servers}` lists the finding's servers. `extended_error` follows standards.md section 14.
// clang-format off
constexpr auto catalogue = std::to_array<FindingKind>({
  // What could not be seen.
  {FindingCode::server_silent, "server-silent", error, "RFC 9975 §3",
   "No answer came from {servers}.",
   "Make the server answer over UDP and TCP, or take it out of the delegation.", 22},
  {FindingCode::server_without_address, "server-without-address", error, "RFC 9975 §3",
   "No address was found for the name server {}.",
   "Publish an address for the name server, or take it out of the delegation.", 22},
  {FindingCode::server_not_resolved, "server-not-resolved", error, "RFC 9975 §3",
   "The name server {} was not asked at every address: {}.",
   "Make the name server's addresses resolvable, or take it out of the delegation.", 22},
  {FindingCode::server_not_permitted, "server-not-permitted", error, "RFC 6890 §2.2",
   "The address of {servers} lies in a special-purpose range, which is not asked.",
   "Give the name server an address that the whole Internet can reach.", 18},
  {FindingCode::server_refuses, "server-refuses", error, "RFC 9975 §3",
   "The question for {} was refused by {servers}.",
   "Load the zone on this server and let everyone ask it.", 22},
  {FindingCode::server_fails, "server-fails", error, "RFC 9975 §3",
   "The question for {} was answered with {} by {servers}.",
   "Look into the server's log: it knows the zone but could not answer, or denies the name.", 23},
  {FindingCode::server_not_authoritative, "server-not-authoritative", error, "RFC 9975 §3",
   "The answer for {} from {servers} is not authoritative.",
   "Serve the zone on this server, or take the server out of the delegation.", 22},
  {FindingCode::answer_malformed, "answer-malformed", error, "RFC 9975 §3",
   "The answer for {} from {servers} cannot be read or has a CNAME or DNAME at the apex.",
   "Update the server's software, and remove any CNAME or DNAME from the apex of the zone.", 24},
  {FindingCode::answer_truncated, "answer-truncated", error, "RFC 9975 §3",
   "The answer for {} from {servers} was cut off, and TCP did not help.",
   "Let the server answer over TCP.", 23},
  {FindingCode::answer_not_over_tcp, "answer-not-over-tcp", error, "RFC 8078 §3",
   "The answer for {} from {servers} came over UDP, which anyone can forge, and not over TCP.",
   "Let the server answer over TCP.", 23},
  {FindingCode::denial_unproven, "denial-unproven", error, "RFC 9975 §3",
   "The absence of {} at {servers} is not proven by a valid signed NSEC or NSEC3 record.",
   "Sign the zone anew, so that its denials of existence validate.", 12},

  // What is wrong with the registry's own means.
  {FindingCode::resolver_silent, "resolver-silent", error, "RFC 9615 §4.2",
   "The registry's resolver gets no answer from anybody, not even for the keys of {}: {}.",
   "Nothing; the registry has to look into its own network.", 22},
  {FindingCode::trust_anchor_wrong, "trust-anchor-wrong", error, "RFC 4035 §4.4",
   "The registry's trust anchor names none of the keys that {} has, so that nothing validates.",
   "Nothing; the registry has to correct its trust anchor.", 0},
  {FindingCode::clock_wrong, "clock-wrong", error, "RFC 4035 §5.3.1",
   "The registry's clock says {}, when no signature over the keys of {} is valid: the latest is "
   "from {} to {}.",
   "Nothing; the registry has to set its clock right.", 0},

  // What the child publishes.
  {FindingCode::record_malformed, "record-malformed", error, "RFC 7344 §3",
   "A {} record is malformed: {}.",
   "Correct or remove the record.", 24},
  {FindingCode::delete_malformed, "delete-malformed", error, "RFC 8078 §4",
   "The {} records ask for removal in a form that is not allowed.",
   "Publish exactly one CDS 0 0 0 00 and one CDNSKEY 0 3 0 AA==, and no other CDS or CDNSKEY.", 24},
  {FindingCode::too_many_records, "too-many-records", error, "local policy",
   "There are {} {}, and at most {} are accepted.",
   "Publish records for the keys in use only.", 18},
  {FindingCode::key_unusable, "key-unusable", error, "RFC 4034 §2.1",
   "The key with tag {} cannot be used: {}.",
   "Publish only zone keys with protocol 3 that are not revoked.", 24},
  {FindingCode::no_eligible_digest, "no-eligible-digest", error, "RFC 9975 §3.1",
   "No CDS record has a digest type that is accepted here, which are {}.",
   "Publish CDS records with one of these digest types, or CDNSKEY records.", 2},
  {FindingCode::algorithm_not_acceptable, "algorithm-not-acceptable", error, "RFC 9904 §2",
   "The key with tag {} has algorithm {}, which is not accepted here.",
   "Move to ECDSAP256SHA256 (13) or ED25519 (15).", 1},

  // Whether the servers agree (RFC 9975).
  {FindingCode::servers_differ, "servers-differ", error, "RFC 9975 §3.1",
   "The name servers do not publish the same {} records.",
   "Wait until all name servers have the same zone, or find out which one lags behind.", 0},
  {FindingCode::types_differ, "types-differ", error, "RFC 9975 §3.1",
   "The CDS and CDNSKEY records do not name the same keys.",
   "Publish CDS and CDNSKEY records for the same keys.", 0},
  {FindingCode::delete_not_everywhere, "delete-not-everywhere", error, "RFC 9975 §3.1",
   "The removal of the DS set is asked for by some of the name servers only.",
   "Publish the removal on all name servers, or on none.", 0},
  {FindingCode::type_not_everywhere, "type-not-everywhere", error, "RFC 9975 §3.1",
   "{} records are published by some of the name servers only.",
   "Publish the records on all name servers, or on none.", 0},

  // Whether it is genuine (RFC 7344 §4.1).
  {FindingCode::signature_missing, "signature-missing", error, "RFC 7344 §4.1",
   "The {} records are not signed.",
   "Sign the records with a key that the parent's DS set names.", 10},
  {FindingCode::signature_expired, "signature-expired", error, "RFC 4035 §5.3.1",
   "The signature over the {} records has expired at {}.",
   "Sign the zone anew, and see that it is done in time.", 7},
  {FindingCode::signature_not_yet_valid, "signature-not-yet-valid", error, "RFC 4035 §5.3.1",
   "The signature over the {} records is not valid before {}.",
   "Set the signer's clock right.", 8},
  {FindingCode::signature_invalid, "signature-invalid", error, "RFC 4035 §5.3.3",
   "No signature over the {} records verifies.",
   "Sign the zone anew.", 6},
  {FindingCode::too_many_signatures, "too-many-signatures", warning, "local policy",
   "Not all signatures from {servers} were verified, since that would be more work than one child may cause.",
   "Remove signatures and keys that are out of use, above all keys that share their key tag.", 6},
  {FindingCode::signer_not_in_ds, "signer-not-in-ds", error, "RFC 7344 §4.1",
   "The {} records are signed, but by no key that both the DNSKEY set and the parent's DS set name.",
   "Sign the records with a key that the standing DS set names, usually the key-signing key.", 6},
  {FindingCode::replayed, "replayed", error, "RFC 7344 §6.2",
   "The request was signed at {}, which is before {}, when the newest one seen was signed.",
   "Sign the records anew; if you did, a name server still serves an old copy of the zone.", 0},

  // Whether a first DS is authenticated (RFC 9615).
  {FindingCode::signals_impossible, "signals-impossible", error, "RFC 9615 §4.2",
   "All name servers lie inside the domain, where nobody can signal for it.",
   "Add a name server outside the domain, if only until the DS is there.", 18},
  {FindingCode::signal_name_too_long, "signal-name-too-long", error, "RFC 9615 §4.4",
   "The signaling name under {} would be longer than 255 octets.",
   "Use name servers with shorter names.", 18},
  {FindingCode::signal_missing, "signal-missing", error, "RFC 9615 §4.2",
   "No {} at {}",
   "Publish the records of the domain's apex there, in a signed zone: under each name server's name.", 0},
  {FindingCode::signal_differs, "signal-differs", error, "RFC 9615 §4.2",
   "The {} records at {} are not those that {servers} has at the domain's apex.",
   "Publish the same records at the apex and under each name server's name.", 0},
  {FindingCode::signal_insecure, "signal-insecure", error, "RFC 9615 §4.2",
   "The signals below {} are not signed, so that they prove nothing.",
   "Sign the zone of the name server's name, and have its parent publish a DS for it.", 10},
  {FindingCode::signal_at_zone_cut, "signal-at-zone-cut", error, "RFC 9615 §4.1",
   "The signaling name {} is a zone of its own.",
   "Put the records into the zone above, and take the delegation away.", 24},
  {FindingCode::signal_is_alias, "signal-is-alias", error, "RFC 9615 §4.2",
   "The signaling name {} leads elsewhere by a CNAME or DNAME.",
   "Publish the records at the signaling name itself.", 24},
  {FindingCode::signal_bogus, "signal-bogus", error, "RFC 9615 §4.2",
   "The signal at {} does not validate: {}.",
   "Mend the signatures of the zone that it is in; if it validates elsewhere, the registry's trust "
   "anchor or clock is wrong.", 6},
  {FindingCode::signal_unanswered, "signal-unanswered", error, "RFC 9615 §4.2",
   "The signal at {} could not be fetched: {}.",
   "Make the name servers of the zone that it is in answer.", 22},
  {FindingCode::signals_not_used, "signals-not-used", info, "RFC 9615 §4.2",
   "The first DS is not authenticated by signals, so that it has to wait: {}.",
   "Mend what is named here, if you do not want to wait.", 0},
  {FindingCode::signals_confirm, "signals-confirm", info, "RFC 9615 §4.2",
   "The request is authenticated by signals under all name servers outside the domain.",
   "Nothing.", 0},

  // Whether the domain stays resolvable (RFC 10026 §4).
  {FindingCode::dnskey_missing, "dnskey-missing", error, "RFC 10026 §4.2.1",
   "There are no DNSKEY records at {servers}.",
   "Publish the DNSKEY records on all name servers.", 9},
  {FindingCode::would_break, "would-break", error, "RFC 10026 §4.1.1",
   "With the requested DS set the domain would not validate, since none of its records names a key "
   "that signs the DNSKEY set.",
   "Publish the key in the DNSKEY set and sign the set with it, before asking for its DS.", 6},
  {FindingCode::chain_broken, "chain-broken", warning, "RFC 10026 §4.2.1",
   "The standing DS set names no key that signs the DNSKEY set, so the domain does not validate.",
   "Bring back the key that the DS set names, or have the registrar replace or remove the DS set.", 9},
  {FindingCode::algorithm_incomplete, "algorithm-incomplete", warning, "RFC 4035 §2.2",
   "The DS set would name algorithm {}, with which the DNSKEY set is not signed.",
   "Sign the whole zone with each algorithm that the DS set names.", 6},
  {FindingCode::algorithm_not_signing, "algorithm-not-signing", error, "RFC 4035 §2.2",
   "The DS set would name algorithm {}, with which the DNSKEY set is not signed, as it must be here.",
   "Sign the whole zone with an algorithm before asking for its DS.", 6},

  // Whether name servers and glue may be copied (RFC 7477).
  {FindingCode::csync_insecure, "csync-insecure", error, "RFC 7477 §2",
   "The CSYNC record is not processed, because the parent's DS set leads to no key.",
   "Have a DS set published first; until then, change name servers through the registrar.", 9},
  {FindingCode::csync_chain_broken, "csync-chain-broken", error, "RFC 7477 §3.1",
   "The CSYNC record is not processed, because the DNSKEY set at {servers} does not validate.",
   "Bring back the key that the DS set names, or have the registrar replace the DS set.", 9},
  {FindingCode::csync_not_single, "csync-not-single", error, "RFC 7477 §2",
   "There are {} CSYNC records, where exactly one is allowed.",
   "Publish one CSYNC record.", 24},
  {FindingCode::csync_flags_unknown, "csync-flags-unknown", error, "RFC 7477 §2.1.1.2",
   "The CSYNC record has flags that nobody has defined: {}.",
   "Use the flags 1 (immediate) and 2 (soaminimum) only.", 24},
  {FindingCode::csync_types_unsupported, "csync-types-unsupported", error, "RFC 7477 §2.1.1.2.1",
   "The CSYNC record points to {}, which CSYNC does not copy, so that nothing is copied.",
   "List none but NS, A and AAAA.", 24},
  {FindingCode::csync_types_off, "csync-types-off", error, "local policy",
   "The CSYNC record points to {}, which is not copied under the policy {}.",
   "List only types that the registry copies, or change the others through the registrar.", 18},
  {FindingCode::csync_serial_too_low, "csync-serial-too-low", error, "RFC 7477 §3.1",
   "The zone has the serial {}, which comes before {}, from which the CSYNC record holds.",
   "Wait until the name server has the newest zone, or correct the serial in the CSYNC record.", 0},
  {FindingCode::csync_serials_unordered, "csync-serials-unordered", error, "RFC 1982 §3.2",
   "The zone's serial {} and that of the CSYNC record, {}, lie so far apart that neither is the newer.",
   "Correct the serial in the CSYNC record.", 24},
  {FindingCode::csync_zone_changed, "csync-zone-changed", error, "RFC 7477 §3.1",
   "The zone's serial went from {} to {} while {servers} was being asked.",
   "Nothing, if the zone changes rarely; else leave it as it is until the parent has looked.", 0},
  {FindingCode::csync_serial_went_back, "csync-serial-went-back", error, "RFC 7477 §3.1",
   "The serial of the {} is {}, and was {} before.",
   "Raise the serial; if you did, a name server still serves an old copy of the zone.", 0},
  {FindingCode::csync_data_differ, "csync-data-differ", error, "RFC 9975 §3.2",
   "The name servers do not publish the same {} records at {}.",
   "Wait until all name servers have the same zone, or find out which one lags behind.", 0},
  {FindingCode::csync_ns_empty, "csync-ns-empty", error, "RFC 7477 §3.2.1",
   "The CSYNC record points to NS records, of which there are none.",
   "Publish the NS records at the apex of the zone.", 24},
  {FindingCode::csync_host_unusable, "csync-host-unusable", error, "RFC 7477 §3.2.2",
   "The name server {} lies inside the domain, where it does not exist or is an alias.",
   "Publish its addresses under this very name, or take it out of the NS records.", 24},
  {FindingCode::csync_in_grandchild, "csync-in-grandchild", error, "RFC 7477 §3.1",
   "The {} records of the name server {} are in a zone below the domain, which is not asked.",
   "Use name servers whose names are in the zone itself or outside the domain.", 18},
  {FindingCode::csync_over_limit, "csync-over-limit", error, "local policy",
   "The CSYNC record points to more than one look asks for: at most {} questions, and {} octets of answers.",
   "Publish fewer name servers and addresses, or change them through the registrar.", 18},
  {FindingCode::csync_host_without_glue, "csync-host-without-glue", error, "RFC 7477 §3.2.2",
   "The name server {} lies inside the domain and would have no address at the parent.",
   "Publish an address for it, and list A and AAAA in the CSYNC record.", 18},
  {FindingCode::csync_too_few_servers, "csync-too-few-servers", error, "RFC 7477 §3.2.1",
   "There would be {} name servers, and at least {} are demanded here.",
   "Add name servers to the NS records.", 18},
  {FindingCode::csync_server_not_permitted, "csync-server-not-permitted", error, "RFC 6890 §2.2",
   "The address of {servers}, which would come, lies in a special-purpose range.",
   "Give the name server an address that the whole Internet can reach.", 18},
  {FindingCode::csync_server_silent, "csync-server-silent", error, "RFC 9975 §3.2",
   "No answer came from {servers}, which would come as a name server.",
   "Make the server answer over UDP and TCP.", 22},
  {FindingCode::csync_server_lame, "csync-server-lame", error, "RFC 9975 §3.2",
   "With {servers}, a name server would come that does not answer for the domain with authority.",
   "Serve the zone on this server before the parent names it.", 18},
  {FindingCode::csync_server_breaks, "csync-server-breaks", error, "RFC 9975 §3.2",
   "With {servers}, a name server would come whose DNSKEY set no key signs that the DS set names.",
   "Serve the zone with the keys that the DS set names on this server.", 6},
  {FindingCode::csync_none_remains, "csync-none-remains", warning, "RFC 7477 §4.3",
   "None of the present name servers would remain.",
   "Keep the present ones running until caches have lost them.", 0},
  {FindingCode::csync_glue_shared, "csync-glue-shared", warning, "local policy",
   "The address of {} would change, which other delegations use too, so that a person approves it.",
   "Ask the registry to approve it.", 18},
  {FindingCode::csync_opted_out, "csync-opted-out", info, "local policy",
   "NS and glue automation is switched off for this name.",
   "Have the registrar switch it on.", 18},
  {FindingCode::csync_waits_for_person, "csync-waits-for-person", info, "RFC 7477 §3",
   "The change of name servers waits until a person at the registry approves it, since {}.",
   "Ask the registry to approve it; with the flag immediate it may not have to wait.", 18},
  {FindingCode::csync_expired, "csync-expired", error, "local policy",
   "Nobody has approved the change of name servers that was asked for at {}, and its time is over.",
   "To ask again, take the CSYNC record away for one look; or raise its serial, if it has the flag soaminimum.", 18},
  {FindingCode::csync_after_ds, "csync-after-ds", info, "RFC 7477 §5",
   "The change of name servers waits until the DS set is as it is asked for.",
   "Nothing.", 0},

  // What the policy says.
  {FindingCode::bootstrap_off, "bootstrap-off", error, "RFC 8078 §3",
   "A first DS is not accepted from these records alone under the policy {}.",
   "Publish authenticated signals (RFC 9615), or send the first DS through the registrar.", 18},
  {FindingCode::bootstrap_barred, "bootstrap-barred", error, "RFC 10026 §7.1.5",
   "The registrar of this name offers no way to disable DNSSEC, so that it is not enabled either.",
   "Ask the registrar, or move to one that supports DNSSEC.", 18},
  {FindingCode::bootstrap_status_bars, "bootstrap-status-bars", error, "local policy",
   "A first DS is not accepted while the name has the status {}.",
   "Wait until the status is gone, or ask the registrar about it.", 18},
  {FindingCode::delete_off, "delete-off", error, "local policy",
   "DS sets are not removed on request under the policy {}.",
   "Have the registrar remove the DS set.", 18},
  {FindingCode::hold_running, "hold-running", info, "RFC 8078 §3.3",
   "The request has to stay unchanged until {}, and was seen so in {} of {} looks.",
   "Leave the records as they are until then.", 18},
  {FindingCode::hold_restarted, "hold-restarted", warning, "RFC 8078 §3.3",
   "The waiting period starts anew, because {}.",
   "Leave the records and the delegation as they are, and keep all name servers reachable.", 18},
  {FindingCode::vantages_missing, "vantages-missing", info, "RFC 8078 §5",
   "The request was seen from {} of the {} vantage points that must agree.",
   "Make sure that the name servers answer everyone alike; otherwise wait.", 18},
  {FindingCode::server_dropped, "server-dropped", warning, "RFC 9975 §3",
   "No answer came from {servers} since {}, so that the others decide.",
   "Make the server answer, or take it out of the delegation.", 22},
  {FindingCode::retries_exhausted, "retries-exhausted", error, "RFC 9975 §3",
   "Since {} answers have been missing or contradicted each other, in spite of {} retries.",
   "Mend what the other findings name; the next pass asks again.", 0},
  {FindingCode::opted_out, "opted-out", info, "local policy",
   "DS automation is switched off for this name.",
   "Have the registrar switch it on.", 18},
  {FindingCode::status_bars, "status-bars", warning, "local policy",
   "The status {} keeps DS automation off.",
   "Have the registrar clear the status.", 18},
  {FindingCode::status_missing, "status-missing", warning, "local policy",
   "DS automation needs the status {}, which this name does not have.",
   "Have the registrar set the status.", 18},
  {FindingCode::suspended, "suspended", warning, "RFC 10026 §7.1.3",
   "DS automation is suspended since {}, because {}.",
   "Ask the registry to resume; where a DS set was removed, one that the registrar provisions ends "
   "it too.", 18},
  {FindingCode::approval_helps, "approval-helps", info, "RFC 7344 §6.1",
   "A person at the registry may approve the request {} as it is shown here.",
   "Ask the registry to approve it, or wait.", 18},
  {FindingCode::approved, "approved", info, "RFC 7344 §6.1",
   "The request was approved by {} at {}.",
   "Nothing.", 0},
  {FindingCode::approval_ended, "approval-ended", warning, "RFC 7344 §6.1",
   "The approval by {} at {} holds no longer, because {}.",
   "Ask the registry to approve it again, or wait.", 18},
  {FindingCode::breaker_open, "breaker-open", warning, "local policy",
   "The change waits, since the number of its kind that were queued within a day came to {}, and "
   "{} are allowed.",
   "Nothing; a person at the registry has to look into it.", 0},
  {FindingCode::change_failed, "change-failed", error, "RFC 10026 §7.1.2",
   "The last change was not applied: {}.",
   "Nothing; the registry has to look into it.", 0},
  {FindingCode::change_superseded, "change-superseded", info, "RFC 10026 §7.1.2",
   "The change that was queued at {} is withdrawn, because the request is no longer the same.",
   "Nothing.", 0},
  {FindingCode::source_behind, "source-behind", info, "RFC 10026 §7.1.2",
   "The source of the parent zone does not show the change that was confirmed at {} yet.",
   "Nothing; wait for the parent zone.", 0},
});
// clang-format on

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < catalogue.size(); ++i) {
    if (catalogue[i].code != static_cast<FindingCode>(i)) return false;
  }
  return true;
}
static_assert(is_in_order(), "one row per FindingCode, in the order of the enumeration");
static_assert(catalogue.size() == finding_code_count, "every FindingCode has its row");

}  // namespace

std::span<const FindingKind> finding_catalogue() {
  return catalogue;
}

const FindingKind& kind_of(FindingCode code) {
  const auto index = static_cast<std::size_t>(code);
  CHECK(index < catalogue.size());
  return catalogue[index];
}

Result<FindingCode> parse_finding_code(std::string_view name) {
  const auto found = std::find_if(catalogue.begin(), catalogue.end(),
                                  [&](const FindingKind& kind) { return kind.name == name; });
  if (found == catalogue.end()) return fail(fmt::format("\"{}\" is not a known finding", name));
  return found->code;
}

}  // namespace dskeeper
