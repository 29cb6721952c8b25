#include "parent/host_index.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "parent/relative_name.h"

namespace dskeeper::parent {
namespace {

// Hosts of one set of name servers that have glue, as far as it is not known yet that they are
// lent.
struct Hosts {
  std::vector<NameServer> open;
  std::vector<Bytes> relative;  // their names, in the same order
};

// The delegation that the host lies in; nothing where it lies in none.
std::optional<std::size_t> owner_of(const PackedDelegations& delegations, const dns::Name& host) {
  for (dns::Name name = host; name.is_below(delegations.zone()); name = name.parent()) {
    if (const auto index = delegations.index_of(name)) return index;
  }
  return std::nullopt;
}

std::vector<Hosts> hosts_with_glue(const PackedDelegations& delegations) {
  std::vector<Hosts> sets(delegations.name_server_sets());
  for (std::size_t number = 0; number < sets.size(); ++number) {
    for (NameServer& server : delegations.name_servers_at(static_cast<std::uint32_t>(number))) {
      if (server.glue.empty() || !server.host.is_below(delegations.zone())) continue;
      const ByteView relative = relative_to(delegations.zone(), server.host);
      sets[number].relative.emplace_back(relative.begin(), relative.end());
      sets[number].open.push_back(std::move(server));
    }
  }
  return sets;
}

}  // namespace

HostIndex::HostIndex(const PackedDelegations& delegations) {
  std::vector<Hosts> sets = hosts_with_glue(delegations);
  for (std::size_t index = 0; index < delegations.size(); ++index) {
    Hosts& hosts = sets[delegations.name_servers(index)];
    for (std::size_t i = 0; i < hosts.open.size();) {
      if (is_at_or_below(hosts.relative[i], delegations.relative_child(index))) {
        ++i;
        continue;
      }
      add(delegations, hosts.open[i]);
      const auto at = static_cast<std::ptrdiff_t>(i);
      hosts.open.erase(hosts.open.begin() + at);
      hosts.relative.erase(hosts.relative.begin() + at);
    }
  }
  for (const NameServer& server : delegations.zone_servers()) add(delegations, server);
  for (auto& [owner, lent] : lent_) std::ranges::sort(lent, {}, &NameServer::host);
}

void HostIndex::add(const PackedDelegations& delegations, const NameServer& server) {
  if (server.glue.empty()) return;
  const auto owner = owner_of(delegations, server.host);
  if (!owner) return;
  std::vector<NameServer>& lent = lent_[*owner];
  if (std::ranges::find(lent, server.host, &NameServer::host) != lent.end()) return;
  lent.push_back(server);
}

const std::vector<NameServer>& HostIndex::lent_by(std::size_t index) const {
  static const std::vector<NameServer> none;
  const auto found = lent_.find(index);
  return found == lent_.end() ? none : found->second;
}

}  // namespace dskeeper::parent
