#include "rules/rfc7477.h"

#include <algorithm>

#include "rules/csync_sight.h"
#include "rules/new_servers.h"
#include "rules/rfc7477_data.h"
#include "rules/rfc7477_record.h"

namespace dskeeper::rules::rfc7477 {
namespace {

CsyncVerdict rule(CsyncVerdict&& verdict, Ruling ruling,
                  std::initializer_list<const FindingList*> findings) {
  verdict.ruling = ruling;
  for (const FindingList* list : findings) list->append_to(verdict.findings);
  sort_findings(verdict.findings);
  return std::move(verdict);
}

// Of several vantage points the newer of what they saw at one server.
void add_serials(const CsyncSight& sight, std::vector<SeenSerials>& serials) {
  SeenSerials seen{sight.server(), *sight.run->serial, {}};
  if (sight.record->has_soaminimum()) seen.csync = sight.record->serial;
  const auto known = std::ranges::find(serials, seen.server, &SeenSerials::server);
  if (known == serials.end()) {
    serials.push_back(seen);
  } else if (seen.zone.is_newer_than(known->zone)) {
    *known = seen;
  }
}

std::vector<std::string> vantages_where_not(const Matter& matter,
                                            const std::vector<bool>& lacking) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < matter.proved.size(); ++i) {
    if (!lacking[i]) names.push_back(matter.proved[i]->vantage);
  }
  return names;
}

// RFC 7477 §2: secure, and by a chain that we can follow (RFC 4035 §5.2).
bool is_secure(const Matter& matter) {
  return matter.is_secure() && matter.standing_keys.is_usable();
}

// Somebody is seen to have no CSYNC record: by their answer, or because the look saw no need to
// ask.
bool is_absence_seen(const CsyncMatter& csync) {
  return std::ranges::any_of(csync.sights, [&](const CsyncSight& sight) {
    if (sight.run != nullptr) return csync.matter.counts(sight.run->csync);
    return csync.matter.counts(sight.sight->server->dnskey);
  });
}

CsyncVerdict permit(const CsyncMatter& csync, CsyncVerdict&& verdict, const CsyncMissing& missing,
                    const FindingList& warnings) {
  verdict.vantages = vantages_where_not(csync.matter, missing.in_vantage);
  if (!verdict.vantages.empty()) return rule(std::move(verdict), Ruling::permit, {&warnings});
  verdict.vantages = vantages_where_not(csync.matter, missing.but_silence);
  verdict.only_silence_missing = !verdict.vantages.empty();
  if (!verdict.only_silence_missing) verdict.name_servers.clear();
  return rule(std::move(verdict), Ruling::incomplete, {&missing.findings, &warnings});
}

// The record may be processed; what does it come to?
CsyncVerdict judge_result(const CsyncMatter& csync, CsyncVerdict&& verdict, CsyncMissing& missing) {
  const auto whole = std::ranges::find_if(
      csync.sights, [&](const CsyncSight& sight) { return is_whole(csync, sight); });
  if (whole == csync.sights.end()) {
    return rule(std::move(verdict), Ruling::incomplete, {&missing.findings});
  }
  FindingList faults;
  const Delegation& delegation = csync.matter.delegation;
  std::vector<NameServer> result = make_name_servers(csync, *whole, faults);
  if (faults.empty() && is_same_to_csync(delegation.child, result, delegation.name_servers)) {
    return rule(std::move(verdict), Ruling::in_sync, {});
  }
  new_servers::check_set(csync, result, faults);
  new_servers::check_answers(csync, result, missing, faults);
  if (!faults.empty()) {
    return rule(std::move(verdict), Ruling::forbid, {&faults, &missing.findings});
  }
  FindingList warnings;
  new_servers::note_consequences(csync, result, warnings);
  verdict.name_servers = std::move(result);
  return permit(csync, std::move(verdict), missing, warnings);
}

}  // namespace

CsyncVerdict judge_csync(const Matter& matter, std::span<const ServerAddress> silent) {
  CsyncVerdict verdict;
  if (matter.policy.csync.empty()) return verdict;
  const CsyncMatter csync = open_csync(matter);
  if (!csync.is_published) {
    // What was asked for before is neither confirmed nor taken back where nobody answered.
    if (!is_absence_seen(csync)) verdict.ruling = Ruling::incomplete;
    return verdict;
  }

  FindingList faults;
  FindingList differences;
  if (!is_secure(matter)) {
    faults.note(FindingCode::csync_insecure);
    return rule(std::move(verdict), Ruling::forbid, {&faults});
  }
  CsyncMissing missing = find_missing(csync, silent);
  const auto refuse = [&] {
    return rule(std::move(verdict), Ruling::forbid, {&faults, &missing.findings});
  };
  const auto contradict = [&] {
    return rule(std::move(verdict), Ruling::inconsistent, {&differences, &missing.findings});
  };

  // RFC 7477 §2: whether the record can be processed at all.
  check_records(csync, faults);
  if (!faults.empty()) return refuse();

  // RFC 9975 §3.2: the servers agree, each by its own serials.
  check_agreement(csync, differences);
  check_serials(csync, differences, faults);
  if (!differences.empty()) return contradict();
  if (!faults.empty()) return refuse();

  check_amount(csync, faults);
  if (!faults.empty()) return refuse();

  // RFC 7477 §3.1: all of it is Secure. Then what it points to, the same everywhere.
  check_genuine(csync, faults);
  if (!faults.empty()) return refuse();
  check_data_agreement(csync, differences);
  if (!differences.empty()) return contradict();
  check_data(csync, faults);
  if (!faults.empty()) return refuse();

  for (const CsyncSight& sight : csync.sights) {
    if (!sight.record) continue;
    verdict.is_immediate = sight.record->is_immediate();
    if (sight.run->serial) add_serials(sight, verdict.serials);
  }
  return judge_result(csync, std::move(verdict), missing);
}

}  // namespace dskeeper::rules::rfc7477
