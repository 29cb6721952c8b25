#include "parent/next_version.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "parent/cuts.h"
#include "parent/delegation_builder.h"

namespace dskeeper::parent {
namespace {

void add_delegation(const Delegation& delegation, OwnerRecords& into) {
  into.hosts = delegation.hosts();
  for (const dns::Ds& ds : delegation.ds) into.ds.push_back(ds.to_rdata());
  into.ds_ttl = delegation.ds_ttl;
}

class Maker {
 public:
  Maker(const PackedDelegations& held, const ZoneRemainder& remainder, const TouchedOwners& touched)
      : zone_(held.zone()),
        held_(held),
        beside_(remainder.owners),
        touched_(touched),
        numbers_(held.name_server_sets()),
        version_(held.zone()) {}

  // Goes through all owners in canonical order. Most are delegations that nothing has touched.
  Result<ZoneVersion> make() {
    std::size_t beside = 0;
    auto touched = touched_.begin();
    while (touched != touched_.end() || beside != beside_.size()) {
      const bool is_touched = touched != touched_.end() &&
                              (beside == beside_.size() ||
                               compare_relative(touched->first, beside_.owner(beside)) <= 0);
      const ByteView owner = is_touched ? ByteView(touched->first) : beside_.owner(beside);
      if (auto copied = copy_before(owner); !copied) return pass_on(std::move(copied));
      OwnerRecords records = is_touched ? touched->second : beside_.at(beside);
      const bool was_delegation =
          next_ != held_.size() && std::ranges::equal(held_.relative_child(next_), owner);
      if (was_delegation && !is_touched) add_delegation(held_.at(next_), records);
      if (was_delegation) ++next_;
      if (beside != beside_.size() && std::ranges::equal(beside_.owner(beside), owner)) ++beside;
      if (is_touched) ++touched;
      if (auto settled = settle(owner, records); !settled) return pass_on(std::move(settled));
    }
    if (auto copied = copy_before(std::nullopt); !copied) return pass_on(std::move(copied));
    std::vector<NameServer> zone_servers = held_.zone_servers();
    for (NameServer& server : zone_servers) {
      if (auto set = find_glue(server); !set) return pass_on(std::move(set));
    }
    version_.delegations.set_zone_servers(std::move(zone_servers));
    version_.remainder.owners.close();
    return std::move(version_);
  }

 private:
  // The delegations up to this owner have no records beside, and are as they were.
  Result<void> copy_before(std::optional<ByteView> owner) {
    for (; next_ != held_.size(); ++next_) {
      const ByteView child = held_.relative_child(next_);
      if (owner && compare_relative(child, *owner) >= 0) break;
      if (auto copied = copy(child); !copied) return copied;
    }
    return {};
  }

  Result<void> copy(ByteView child) {
    if (!cuts_.is_delegation(child, true, false)) {  // occluded by what was added
      OwnerRecords records;
      add_delegation(held_.at(next_), records);
      version_.remainder.owners.append(child, records);
      return {};
    }
    auto number = number_of_held(held_.name_servers(next_));
    if (!number) return pass_on(std::move(number));
    version_.delegations.append(held_, next_, *number);
    return {};
  }

  // Puts the records where they belong.
  Result<void> settle(ByteView owner, OwnerRecords& records) {
    std::sort(records.ds.begin(), records.ds.end());
    if (cuts_.is_delegation(owner, !records.hosts.empty(), records.has_dname)) {
      if (version_.delegations.size() >= delegations_max) {
        return fail(fmt::format("the zone has more than {} delegations", delegations_max));
      }
      auto number = number_of(std::move(records.hosts));
      if (!number) return pass_on(std::move(number));
      version_.delegations.append(owner, *number, records.ds, records.ds_ttl);
      records.hosts.clear();
      records.ds.clear();
    }
    if (!records.is_empty()) version_.remainder.owners.append(owner, records);
    return {};
  }

  // Numbers in the next version are given anew, so that name servers that nobody has any more do
  // not pile up, and glue is as it is now.
  Result<std::uint32_t> number_of_held(std::uint32_t held_number) {
    std::optional<std::uint32_t>& known = numbers_[held_number];
    if (known) return *known;
    std::vector<NameServer> servers = held_.name_servers_at(held_number);
    for (NameServer& server : servers) {
      if (!server.host.is_at_or_below(zone_)) continue;
      const auto touched = touched_.find(relative_to(zone_, server.host));
      if (touched == touched_.end()) continue;
      if (auto set = set_glue(server, touched->second.addresses); !set)
        return pass_on(std::move(set));
    }
    known = version_.delegations.intern(servers);
    return *known;
  }

  Result<std::uint32_t> number_of(std::vector<dns::Name> hosts) {
    std::sort(hosts.begin(), hosts.end());
    std::vector<NameServer> servers;
    for (dns::Name& host : hosts) {
      NameServer server{std::move(host), {}};
      if (auto set = find_glue(server); !set) return pass_on(std::move(set));
      servers.push_back(std::move(server));
    }
    return version_.delegations.intern(servers);
  }

  Result<void> find_glue(NameServer& server) const {
    if (!server.host.is_at_or_below(zone_)) return {};
    const ByteView owner = relative_to(zone_, server.host);
    const auto touched = touched_.find(owner);
    return set_glue(server, touched != touched_.end() ? touched->second.addresses
                                                      : beside_.find(owner).addresses);
  }

  static Result<void> set_glue(NameServer& server, std::vector<IpAddress> addresses) {
    if (addresses.size() > records_of_set_max) {
      return fail(fmt::format("the name server {} has more than {} addresses", server.host.text(),
                              records_of_set_max));
    }
    std::sort(addresses.begin(), addresses.end());
    server.glue = std::move(addresses);
    return {};
  }

  const dns::Name& zone_;
  const PackedDelegations& held_;
  const OwnerTable& beside_;
  const TouchedOwners& touched_;
  Cuts cuts_;
  std::size_t next_ = 0;  // the first held delegation that has not found its place
  std::vector<std::optional<std::uint32_t>> numbers_;  // of name servers, by number in held_
  ZoneVersion version_;
};

}  // namespace

OwnerRecords held_records(const PackedDelegations& delegations, const ZoneRemainder& remainder,
                          ByteView owner) {
  OwnerRecords records = remainder.owners.find(owner);
  const std::size_t index = delegations.lower_bound(owner);
  if (index != delegations.size() && std::ranges::equal(delegations.relative_child(index), owner)) {
    add_delegation(delegations.at(index), records);
  }
  return records;
}

Result<ZoneVersion> make_next_version(const PackedDelegations& delegations,
                                      const ZoneRemainder& remainder,
                                      const TouchedOwners& touched) {
  return Maker(delegations, remainder, touched).make();
}

}  // namespace dskeeper::parent
