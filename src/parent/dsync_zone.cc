#include "parent/dsync_zone.h"

#include <fmt/core.h>

#include <map>
#include <utility>

#include "dns/dsync.h"
#include "net/transfer.h"

namespace dskeeper::parent {

boost::asio::awaitable<Result<std::vector<dns::Rrset>>> read_dsync(DsyncZone from,
                                                                   const Clock& clock) {
  Result<dns::Name> base = dns::dsync_name(from.parent, from.parent);
  if (!base) co_return pass_on(std::move(base));
  std::map<dns::Name, dns::Rrset> found;
  net::TransferOptions options;
  options.zone = from.zone;
  options.server = from.server;
  options.key = from.key;
  net::RecordVisitor visitor = [&](dns::Record&& record) -> Result<void> {
    if (record.type != dns::RecordType::dsync || !record.owner.is_at_or_below(*base)) return {};
    dns::Rrset& rrset = found[record.owner];
    rrset.owner = record.owner;
    rrset.type = record.type;
    rrset.ttl = record.ttl;
    rrset.rdata.push_back(std::move(record.rdata));
    return {};
  };
  Result<net::TransferSummary> summary =
      co_await net::transfer_zone(std::move(options), clock, std::move(visitor));
  if (!summary) co_return pass_on(std::move(summary));
  std::vector<dns::Rrset> rrsets;
  for (auto& [owner, rrset] : found) {
    rrset.rdata = dns::make_rdata_set(std::move(rrset.rdata));
    rrsets.push_back(std::move(rrset));
  }
  co_return rrsets;
}

}  // namespace dskeeper::parent
