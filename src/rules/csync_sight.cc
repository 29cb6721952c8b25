#include "rules/csync_sight.h"

#include <algorithm>

namespace dskeeper::rules {
namespace {

using dns::RecordType;

const ProvedRun* run_of(const Matter& matter, const Sight& sight) {
  const ProvedCsync& csync = matter.proved[sight.vantage]->csync;
  const auto found = std::ranges::find_if(
      csync.runs, [&](const ProvedRun& run) { return run.server == sight.server->server; });
  return found == csync.runs.end() ? nullptr : &*found;
}

std::vector<dns::Name> hosts_in(const dns::Rrset& rrset) {
  std::vector<dns::Name> hosts;
  for (const Bytes& rdata : rrset.rdata) {
    if (auto host = dns::Name::from_wire(rdata)) hosts.push_back(*std::move(host));
  }
  std::sort(hosts.begin(), hosts.end());
  return hosts;
}

CsyncSight read(const Matter& matter, const Sight& sight) {
  CsyncSight out;
  out.sight = &sight;
  out.run = run_of(matter, sight);
  if (out.run == nullptr) return out;
  const ProvedAnswer& answer = out.run->csync;
  if (matter.counts(answer) && answer.rrset) {
    out.has_records = true;
    if (answer.rrset->rdata.size() == 1) {
      if (auto record = dns::Csync::from_rdata(answer.rrset->rdata.front())) {
        out.record = *std::move(record);
      }
    }
  }
  const ProvedCsyncData* names = out.run->find(matter.delegation.child, RecordType::ns);
  if (names != nullptr && names->answer.rrset) out.name_hosts = hosts_in(*names->answer.rrset);
  return out;
}

}  // namespace

const std::vector<IpAddress>* CsyncMatter::standing_glue(const dns::Name& host) const {
  for (const auto* list : {&matter.delegation.name_servers, &matter.delegation.lent}) {
    const auto found = std::ranges::find(*list, host, &NameServer::host);
    if (found != list->end()) return &found->glue;
  }
  return nullptr;
}

CsyncMatter open_csync(const Matter& matter) {
  CsyncMatter csync{.matter = matter, .sights = {}, .is_published = false};
  for (const Sight& sight : matter.sights) {
    csync.sights.push_back(read(matter, sight));
    csync.is_published = csync.is_published || csync.sights.back().has_records;
  }
  return csync;
}

std::vector<CsyncDatum> data_of(const CsyncMatter& csync, const CsyncSight& sight) {
  std::vector<CsyncDatum> data;
  if (!sight.record) return data;
  const dns::TypeBitmap& types = sight.record->types;
  const dns::Name& child = csync.matter.delegation.child;
  if (types.has(RecordType::ns)) data.push_back({child, RecordType::ns});
  const std::vector<dns::Name> hosts =
      types.has(RecordType::ns) ? sight.name_hosts : csync.matter.delegation.hosts();
  for (const dns::Name& host : hosts) {
    if (!csync.is_in_domain(host)) continue;
    for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
      if (types.has(type)) data.push_back({host, type});
    }
  }
  return data;
}

}  // namespace dskeeper::rules
