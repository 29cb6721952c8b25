#include "cli/dsync_update.h"

#include <fmt/core.h>

#include <utility>

#include "cli/dsync_settings.h"
#include "net/update_client.h"

namespace dskeeper::cli {

boost::asio::awaitable<Result<dns::RrsetChanges>> find_dsync_changes(
    const Configuration& configuration, const ParentSettings& parent,
    std::vector<dns::Rrset> wanted, const Clock& clock) {
  const Result<parent::DsyncZone> where = dsync_zone(configuration, parent);
  if (!where) co_return tl::unexpected(where.error());
  const Result<std::vector<dns::Rrset>> standing = co_await parent::read_dsync(*where, clock);
  if (!standing) {
    co_return fail(standing.error().what, standing.error().where,
                   "Let the key transfer the zone, since that shows which records stand there.");
  }
  co_return parent::dsync_changes(wanted, *standing);
}

boost::asio::awaitable<Result<DsyncUpdate>> update_dsync(
    const Configuration& configuration, const ParentSettings& parent,
    std::shared_ptr<const parent::Snapshot> snapshot, const Clock& clock) {
  const auto* const sink = std::get_if<UpdateSinkSettings>(&parent.sink);
  if (sink == nullptr) {
    co_return fail(fmt::format("the sink of {} takes no DNS UPDATE", parent.zone.text()),
                   configuration.file.string(),
                   "Print the records, and put them into the zone by hand.");
  }
  const Result<parent::DsyncEndpoints> endpoints = read_endpoints(parent);
  if (!endpoints) co_return tl::unexpected(endpoints.error());
  Result<std::vector<dns::Rrset>> wanted = wanted_dsync(parent, *endpoints, snapshot.get());
  if (!wanted) co_return pass_on(std::move(wanted));
  const Result<dns::RrsetChanges> changes =
      co_await find_dsync_changes(configuration, parent, *std::move(wanted), clock);
  if (!changes) co_return tl::unexpected(changes.error());
  const dns::Name zone = parent.dsync->zone.value_or(parent.zone);
  net::UpdateServer to{sink->server, configuration.keys.at(sink->key)};
  auto updates = dns::make_updates(*changes, zone);
  Result<void> sent = co_await net::send_updates(std::move(to), zone, std::move(updates), clock);
  if (!sent) co_return pass_on(std::move(sent));
  co_return DsyncUpdate{changes->put.size(), changes->remove.size()};
}

}  // namespace dskeeper::cli
