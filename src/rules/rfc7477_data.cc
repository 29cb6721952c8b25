#include "rules/rfc7477_data.h"

#include <algorithm>
#include <map>

#include "rules/gaps.h"
#include "rules/own_fault.h"
#include "rules/rfc7344.h"

namespace dskeeper::rules::rfc7477 {
namespace {

using dns::RecordType;

constexpr std::size_t name_servers_max = 32;  // that a look asks (survey/nameserver_addresses.h)
constexpr std::size_t addresses_of_host_max = 16;

const ProvedAnswer& not_asked(RecordType type) {
  static const auto make = [](RecordType made) {
    ProvedAnswer answer;
    answer.type = made;
    return answer;
  };
  static const ProvedAnswer names = make(RecordType::ns);
  static const ProvedAnswer v4 = make(RecordType::a);
  static const ProvedAnswer v6 = make(RecordType::aaaa);
  if (type == RecordType::ns) return names;
  return type == RecordType::a ? v4 : v6;
}

// The answer to a datum counts: it is there, or its absence is proven (RFC 7477 §2: a lookup that
// proves "no data" has not failed).
bool is_settled(const CsyncMatter& csync, const CsyncSight& sight, const ProvedAnswer& answer) {
  if (!csync.matter.counts(answer)) return false;
  return answer.status == AnswerStatus::answer ||
         rfc7344::is_denial_proven(csync.matter, *sight.sight, answer);
}

// Said to be wrong by check_data(), so that it is not missing besides.
bool is_refused(const ProvedCsyncData& data) {
  return data.is_in_grandchild || data.answer.status == AnswerStatus::nxdomain;
}

// Calls back for each answer of a run that is missing.
template <typename Callback>
void for_each_missing(const CsyncMatter& csync, const CsyncSight& sight, Callback callback) {
  const Matter& matter = csync.matter;
  const ProvedRun& run = *sight.run;
  if (!matter.counts(run.csync)) {
    // Whom nobody heard before is not asked for CSYNC at all: what is missing is any answer.
    const ProvedAnswer& dnskey = sight.sight->server->dnskey;
    const bool is_unheard = run.csync.status == AnswerStatus::not_asked && !matter.counts(dnskey);
    return callback(is_unheard ? dnskey : run.csync);
  }
  if (!sight.record) return;  // it is at the status quo
  for (const ProvedAnswer* soa : {&run.soa, &run.soa_after}) {
    if (!matter.counts(*soa) || !soa->rrset) callback(*soa);
  }
  for (const CsyncDatum& datum : data_of(csync, sight)) {
    const ProvedCsyncData* data = run.find(datum.name, datum.type);
    if (data == nullptr) {
      callback(not_asked(datum.type));
    } else if (!is_refused(*data) && !is_settled(csync, sight, data->answer)) {
      callback(data->answer);
    }
  }
}

bool has_changed(const CsyncSight& sight) {
  return sight.record && sight.run->serial && sight.run->serial_after &&
         *sight.run->serial != *sight.run->serial_after;
}

// 9975-1: hosts whose addresses, all or some, one vantage point could not find.
void add_lost_hosts(const CsyncMatter& csync, std::size_t vantage,
                    std::span<const ServerAddress> silent, CsyncMissing& missing) {
  const Proved& proved = *csync.matter.proved[vantage];
  for (const SurveyedServer& server : proved.servers_without_address) {
    missing.note(vantage,
                 std::ranges::find(silent, ServerAddress{server.host, {}}) != silent.end());
    missing.findings.note(FindingCode::server_without_address, {server.host.text()});
  }
  for (const SurveyedServer& server : proved.servers_not_resolved) {
    missing.note(vantage, false);
    if (note_own_fault(proved, missing.findings)) continue;
    missing.findings.note(FindingCode::server_not_resolved, {server.host.text(), server.trouble});
  }
}

std::vector<IpAddress> addresses_in(const ProvedCsyncData& data) {
  std::vector<IpAddress> out;
  if (!data.answer.rrset) return out;
  for (const Bytes& rdata : data.answer.rrset->rdata) {
    const ByteView octets(rdata);
    if (data.answer.type == RecordType::a && octets.size() == 4) {
      out.push_back(IpAddress::v4(octets.first<4>()));
    } else if (data.answer.type == RecordType::aaaa && octets.size() == 16) {
      out.push_back(IpAddress::v6(octets.first<16>()));
    }
  }
  return out;
}

void add_standing(const CsyncMatter& csync, const dns::Name& host, bool is_v4,
                  std::vector<IpAddress>& glue) {
  const std::vector<IpAddress>* standing = csync.standing_glue(host);
  if (standing == nullptr) return;
  std::ranges::copy_if(*standing, std::back_inserter(glue),
                       [&](const IpAddress& address) { return address.is_v4() == is_v4; });
}

// §3.2.2: a family that is pointed to is replaced, also by nothing; the other one stays.
std::vector<IpAddress> glue_of(const CsyncMatter& csync, const CsyncSight& sight,
                               const dns::Name& host, FindingList& faults) {
  std::vector<IpAddress> glue;
  for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
    if (!sight.record->types.has(type)) {
      add_standing(csync, host, type == RecordType::a, glue);
      continue;
    }
    const ProvedCsyncData* data = sight.run->find(host, type);
    if (data == nullptr) continue;
    const std::vector<IpAddress> found = addresses_in(*data);
    if (data->answer.rrset && found.size() != data->answer.rrset->rdata.size()) {
      faults.note(FindingCode::record_malformed,
                  {dns::to_text(type), "an address of " + host.text() + " has a wrong length"});
    }
    glue.insert(glue.end(), found.begin(), found.end());
  }
  std::sort(glue.begin(), glue.end());
  if (glue.size() > addresses_of_host_max) {
    faults.note(FindingCode::too_many_records,
                {std::to_string(glue.size()), "addresses of " + host.text(),
                 std::to_string(addresses_of_host_max)});
  }
  return glue;
}

}  // namespace

CsyncMissing find_missing(const CsyncMatter& csync, std::span<const ServerAddress> silent) {
  CsyncMissing missing;
  missing.in_vantage.resize(csync.matter.proved.size());
  missing.but_silence.resize(csync.matter.proved.size());
  Gaps gaps;
  for (const CsyncSight& sight : csync.sights) {
    const std::size_t vantage = sight.sight->vantage;
    if (sight.run == nullptr) {
      missing.note(vantage, false);
      continue;
    }
    for_each_missing(csync, sight, [&](const ProvedAnswer& answer) {
      missing.note(vantage, std::ranges::find(silent, sight.server()) != silent.end());
      gaps.add(csync.matter, answer, sight.server());
    });
    if (!has_changed(sight)) continue;
    missing.note(vantage, false);
    missing.findings.add(
        FindingCode::csync_zone_changed, sight.server(),
        {std::to_string(sight.run->serial->value), std::to_string(sight.run->serial_after->value)});
  }
  gaps.append_to(missing.findings);
  for (std::size_t i = 0; i < csync.matter.proved.size(); ++i) {
    add_lost_hosts(csync, i, silent, missing);
  }
  return missing;
}

void check_amount(const CsyncMatter& csync, FindingList& faults) {
  const auto& proved = csync.matter.proved;
  if (std::ranges::any_of(proved, [](const Proved* one) { return one->csync.is_over_limit; })) {
    faults.note(FindingCode::csync_over_limit,
                {std::to_string(csync_questions_max), std::to_string(csync_octets_max)});
  }
  for (const CsyncSight& sight : csync.sights) {
    if (sight.name_hosts.size() <= name_servers_max) continue;
    faults.add(FindingCode::too_many_records, sight.server(),
               {std::to_string(sight.name_hosts.size()), "name servers",
                std::to_string(name_servers_max)});
  }
}

void check_genuine(const CsyncMatter& csync, FindingList& faults) {
  for (const CsyncSight& sight : csync.sights) {
    if (!sight.record) continue;
    if (!rfc7344::is_chain_whole(csync.matter, *sight.sight)) {
      // Where the keys were not answered at all, that is missing, and said to be.
      if (csync.matter.counts(sight.sight->server->dnskey)) {
        faults.add(FindingCode::csync_chain_broken, sight.server());
      }
      continue;
    }
    rfc7344::check_validates(sight.run->csync, sight.server(), faults);
    for (const ProvedAnswer* soa : {&sight.run->soa, &sight.run->soa_after}) {
      rfc7344::check_validates(*soa, sight.server(), faults);
    }
    for (const CsyncDatum& datum : data_of(csync, sight)) {
      const ProvedCsyncData* data = sight.run->find(datum.name, datum.type);
      if (data == nullptr || data->is_in_grandchild) continue;
      rfc7344::check_validates(data->answer, sight.server(), faults);
    }
  }
}

void check_data_agreement(const CsyncMatter& csync, FindingList& differences) {
  using Said = std::pair<const CsyncSight*, std::vector<Bytes>>;
  std::map<CsyncDatum, std::vector<Said>> said;
  for (const CsyncSight& sight : csync.sights) {
    for (const CsyncDatum& datum : data_of(csync, sight)) {
      const ProvedCsyncData* data = sight.run->find(datum.name, datum.type);
      if (data == nullptr || !csync.matter.counts(data->answer)) continue;
      said[datum].emplace_back(
          &sight, data->answer.rrset ? data->answer.rrset->rdata : std::vector<Bytes>());
    }
  }
  for (const auto& [datum, all] : said) {
    const std::vector<Bytes>& first = all.front().second;
    const auto differs = [&](const Said& one) { return one.second != first; };
    if (std::ranges::none_of(all, differs)) continue;
    for (const Said& one : all) {
      differences.add(FindingCode::csync_data_differ, one.first->server(),
                      {dns::to_text(datum.type), datum.name.text()});
    }
  }
}

void check_data(const CsyncMatter& csync, FindingList& faults) {
  for (const CsyncSight& sight : csync.sights) {
    for (const CsyncDatum& datum : data_of(csync, sight)) {
      const ProvedCsyncData* data = sight.run->find(datum.name, datum.type);
      if (data == nullptr) continue;
      const AnswerStatus status = data->answer.status;
      if (data->is_in_grandchild) {
        faults.add(FindingCode::csync_in_grandchild, sight.server(),
                   {dns::to_text(datum.type), datum.name.text()});
      } else if (datum.type == RecordType::ns) {
        if (status == AnswerStatus::nodata) {
          faults.add(FindingCode::csync_ns_empty, sight.server());
        }
      } else if (status == AnswerStatus::nxdomain) {
        faults.add(FindingCode::csync_host_unusable, sight.server(), {datum.name.text()});
      }
    }
  }
}

std::vector<NameServer> make_name_servers(const CsyncMatter& csync, const CsyncSight& sight,
                                          FindingList& faults) {
  std::vector<NameServer> out;
  const bool copies_names = sight.record->types.has(RecordType::ns);
  const std::vector<dns::Name> hosts =
      copies_names ? sight.name_hosts : csync.matter.delegation.hosts();
  for (const dns::Name& host : hosts) {
    NameServer server{host, {}};
    if (csync.is_in_domain(host)) {
      server.glue = glue_of(csync, sight, host, faults);
    } else if (const std::vector<IpAddress>* standing = csync.standing_glue(host)) {
      server.glue = *standing;
    }
    out.push_back(std::move(server));
  }
  std::ranges::sort(out, {}, &NameServer::host);
  return out;
}

bool is_whole(const CsyncMatter& csync, const CsyncSight& sight) {
  if (!sight.record || has_changed(sight)) return false;
  bool is_whole = true;
  for_each_missing(csync, sight, [&](const ProvedAnswer&) { is_whole = false; });
  return is_whole;
}

}  // namespace dskeeper::rules::rfc7477
