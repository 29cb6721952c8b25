#include "parent/delegation_builder.h"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/packed_octets.h"
#include "parent/cuts.h"
#include "parent/kept_record.h"
#include "parent/relative_name.h"

namespace dskeeper::parent {
namespace {

// Of each name at most as many runs as it has records.
constexpr std::size_t runs_max = 2 * delegations_max;

Result<void> about(const dns::Name& owner, Result<void> added) {
  if (added) return added;
  return fail(fmt::format("{} {}", owner.text(), added.error().what));
}

}  // namespace

Result<void> DelegationBuilder::add(const dns::Record& record) {
  const auto kind = kept_kind(zone_, record);
  if (!kind) return tl::unexpected<Error>(kind.error());
  switch (*kind) {
    case KeptKind::soa:
      return add_soa(record);
    case KeptKind::soa_signature:
      return add_signature(record);
    case KeptKind::zone_host:
      return add_zone_host(record);
    case KeptKind::host:
      return add_host(record);
    case KeptKind::ds:
      return add_ds(record);
    case KeptKind::address:
      return add_address(record);
    case KeptKind::dname:
      records_of(record.owner).add_dname();
      return {};
    case KeptKind::zonemd:
    case KeptKind::none:
      break;
  }
  return {};
}

Result<void> DelegationBuilder::add_soa(const dns::Record& record) {
  auto soa = kept_soa(record);
  if (!soa) return pass_on(std::move(soa));
  if (serial_ && *serial_ != soa->serial) {
    return fail(fmt::format("{} has two SOA records", zone_.text()));
  }
  serial_ = soa->serial;
  soa_ = record.rdata;
  return {};
}

Result<void> DelegationBuilder::add_signature(const dns::Record& record) {
  auto rrsig = kept_signature(record, now_);
  if (!rrsig) return pass_on(std::move(rrsig));
  if (rrsig->covered != dns::RecordType::soa) return {};
  take_later(soa_signature_, *rrsig);
  return keep_signature(soa_signatures_, record.rdata);
}

Result<void> DelegationBuilder::add_host(const dns::Record& record) {
  auto host = kept_host(record);
  if (!host) return pass_on(std::move(host));
  if (runs_.size() >= runs_max) {
    return fail(fmt::format("the zone has more than {} names", runs_max));
  }
  return about(record.owner, records_of(record.owner).add_host(*std::move(host)));
}

Result<void> DelegationBuilder::add_zone_host(const dns::Record& record) {
  auto host = kept_host(record);
  if (!host) return pass_on(std::move(host));
  if (std::ranges::find(zone_hosts_, *host) != zone_hosts_.end()) return {};
  if (zone_hosts_.size() >= records_of_set_max) {
    return fail(fmt::format("{} has more than {} name servers", zone_.text(), records_of_set_max));
  }
  zone_hosts_.push_back(*std::move(host));
  return {};
}

Result<void> DelegationBuilder::add_ds(const dns::Record& record) {
  if (auto checked = check_ds(record); !checked) return checked;
  return about(record.owner, records_of(record.owner).add_ds(record.rdata, record.ttl));
}

Result<void> DelegationBuilder::add_address(const dns::Record& record) {
  auto address = kept_address(record);
  if (!address) return pass_on(std::move(address));
  records_of(record.owner).add_address(*address);
  return {};
}

OwnerRecords& DelegationBuilder::records_of(const dns::Name& owner) {
  if (owner != open_owner_) {
    close_run();
    open_owner_ = owner;
  }
  return open_;
}

void DelegationBuilder::close_run() {
  if (open_.is_empty()) return;
  const ByteView owner = relative_to(zone_, open_owner_);
  scratch_.clear();
  put_octets(scratch_, owner);
  pack(open_, host_sets_, scratch_);
  runs_.push_back({order_hint(owner), arena_.append(scratch_)});
  open_.clear();
}

ByteView DelegationBuilder::owner_of(const Run& run) const {
  return PackedReader(arena_.from(run.address)).octets();
}

bool DelegationBuilder::is_before(const Run& run, std::uint64_t hint, ByteView owner) const {
  if (run.order_hint != hint) return run.order_hint < hint;
  return compare_relative(owner_of(run), owner) < 0;
}

void DelegationBuilder::sort_runs() {
  const auto is_less = [this](const Run& one, const Run& other) {
    return is_before(one, other.order_hint, owner_of(other));
  };
  // Most zones are written in this order.
  if (std::is_sorted(runs_.begin(), runs_.end(), is_less)) return;
  // First without a look at the names, which lie all over memory.
  std::sort(runs_.begin(), runs_.end(), [](const Run& one, const Run& other) {
    return std::tie(one.order_hint, one.address) < std::tie(other.order_hint, other.address);
  });
  for (auto begin = runs_.begin(); begin != runs_.end();) {
    const auto end = std::find_if(
        begin, runs_.end(), [&](const Run& run) { return run.order_hint != begin->order_hint; });
    std::sort(begin, end, is_less);
    begin = end;
  }
}

Result<void> DelegationBuilder::take_owner(RunIterator& run, OwnerRecords& into) {
  into.clear();
  const ByteView owner = owner_of(*run);
  do {
    PackedReader packed(arena_.from(run->address));
    static_cast<void>(packed.octets());  // the owner
    auto merged = merge(packed, host_sets_, into);
    if (!merged) return about(absolute_in(zone_, owner), std::move(merged));
    ++run;
  } while (run != runs_.cend() && std::ranges::equal(owner_of(*run), owner));
  std::sort(into.ds.begin(), into.ds.end());
  return {};
}

Result<std::vector<IpAddress>> DelegationBuilder::addresses_of(const dns::Name& host) {
  OwnerRecords records;
  if (!host.is_at_or_below(zone_)) return records.addresses;
  const ByteView owner = relative_to(zone_, host);
  const std::uint64_t hint = order_hint(owner);
  auto run = std::lower_bound(
      runs_.cbegin(), runs_.cend(), owner,
      [this, hint](const Run& other, ByteView name) { return is_before(other, hint, name); });
  if (run == runs_.cend() || !std::ranges::equal(owner_of(*run), owner)) return records.addresses;
  if (auto taken = take_owner(run, records); !taken) return pass_on(std::move(taken));
  std::sort(records.addresses.begin(), records.addresses.end());
  return std::move(records.addresses);
}

Result<std::uint32_t> DelegationBuilder::name_servers_of(ByteView child, std::uint32_t host_set,
                                                         PackedDelegations& delegations) {
  if (host_set >= name_servers_.size()) name_servers_.resize(host_set + std::size_t{1});
  std::optional<std::uint32_t>& known = name_servers_[host_set];
  if (known) return *known;
  std::vector<NameServer> servers;
  for (dns::Name& host : host_sets_.at(host_set)) {
    auto glue = addresses_of(host);
    if (!glue) return pass_on(std::move(glue));
    if (glue->size() > records_of_set_max) {
      return fail(fmt::format("{}, a name server of {}, has more than {} addresses", host.text(),
                              absolute_in(zone_, child).text(), records_of_set_max));
    }
    servers.push_back({std::move(host), *std::move(glue)});
  }
  known = delegations.intern(servers);
  return *known;
}

void DelegationBuilder::keep(ByteView owner, bool is_delegation, OwnerRecords& records,
                             ZoneRemainder& remainder) {
  if (is_delegation) {
    records.ds.clear();
  } else {
    records.hosts = host_sets_.at(records.host_set);
  }
  if (!records.is_empty()) remainder.owners.append(owner, records);
}

Result<PackedDelegations> DelegationBuilder::finish(ZoneRemainder* remainder) && {
  if (!serial_) {
    return fail(fmt::format("there is no SOA record of {}", zone_.text()), {},
                "Is it the whole zone, and the right one?");
  }
  close_run();
  sort_runs();
  PackedDelegations delegations(zone_);
  std::ranges::sort(zone_hosts_);
  std::vector<NameServer> zone_servers;
  for (const dns::Name& host : zone_hosts_) {
    auto addresses = addresses_of(host);
    if (!addresses) return pass_on(std::move(addresses));
    zone_servers.push_back({host, *std::move(addresses)});
  }
  delegations.set_zone_servers(std::move(zone_servers));
  OwnerRecords records;
  Cuts cuts;
  for (RunIterator run = runs_.cbegin(); run != runs_.cend();) {
    const ByteView owner = owner_of(*run);
    if (auto taken = take_owner(run, records); !taken) return pass_on(std::move(taken));
    const bool is_cut = records.host_set != HostSets::none;
    const bool is_delegation = cuts.is_delegation(owner, is_cut, records.has_dname);
    if (is_delegation) {
      if (delegations.size() >= delegations_max) {
        return fail(fmt::format("the zone has more than {} delegations", delegations_max));
      }
      auto name_servers = name_servers_of(owner, records.host_set, delegations);
      if (!name_servers) return pass_on(std::move(name_servers));
      delegations.append(owner, *name_servers, records.ds, records.ds_ttl);
    }
    if (remainder != nullptr) keep(owner, is_delegation, records, *remainder);
  }
  if (remainder != nullptr) {
    remainder->soa = std::move(soa_);
    remainder->soa_signatures = std::move(soa_signatures_);
    remainder->owners.close();
  }
  return delegations;
}

}  // namespace dskeeper::parent
