#include "parent/owner_records.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "parent/relative_name.h"

namespace dskeeper::parent {
namespace {

constexpr std::size_t addresses_kept_max = records_of_set_max + 1;

constexpr std::uint64_t dname_flag = 1;
constexpr std::uint64_t lossy_flag = 2;

Result<void> check_room(std::size_t size, std::string_view type) {
  if (size < records_of_set_max) return {};
  return fail(fmt::format("has more than {} {} records", records_of_set_max, type));
}

// Where it is not there yet.
Result<void> add(dns::Name host, std::vector<dns::Name>& hosts) {
  if (std::find(hosts.begin(), hosts.end(), host) != hosts.end()) return {};
  if (auto room = check_room(hosts.size(), "NS"); !room) return room;
  hosts.push_back(std::move(host));
  return {};
}

IpAddress address_of(ByteView octets) {
  return octets.size() == 4 ? IpAddress::v4(octets.first<4>()) : IpAddress::v6(octets.first<16>());
}

// What stands behind the host set.
Result<void> merge_rest(PackedReader packed, OwnerRecords& into) {
  const std::uint64_t ds_count = packed.number();
  const dns::Ttl ttl{ds_count == 0 ? 0 : static_cast<std::uint32_t>(packed.number())};
  for (std::uint64_t i = 0; i < ds_count; ++i) {
    if (auto added = into.add_ds(packed.octets(), ttl); !added) return added;
  }
  for (std::uint64_t left = packed.number(); left > 0; --left) {
    into.add_address(address_of(packed.octets()));
  }
  return {};
}

void merge_flags(std::uint64_t flags, OwnerRecords& into) {
  if ((flags & dname_flag) != 0) into.add_dname();
  if ((flags & lossy_flag) != 0) into.is_lossy = true;
}

}  // namespace

std::uint32_t HostSets::intern(const std::vector<dns::Name>& hosts) {
  scratch_.clear();
  for (const dns::Name& host : hosts) put_octets(scratch_, relative_to(zone_, host));
  return sets_.intern(scratch_);
}

std::vector<dns::Name> HostSets::at(std::uint32_t number) const {
  std::vector<dns::Name> hosts;
  for (PackedReader packed(sets_.at(number)); !packed.is_at_end();) {
    hosts.push_back(absolute_in(zone_, packed.octets()));
  }
  return hosts;
}

Result<std::uint32_t> HostSets::join(std::uint32_t one, std::uint32_t other) {
  if (one == other || other == none) return one;
  if (one == none) return other;
  joined_.resize(joined_kept);
  Joined& known = joined_[(one * 31U + other) % joined_.size()];
  if (known.one == one && known.other == other) return known.both;
  std::vector<dns::Name> hosts = at(one);
  for (dns::Name& host : at(other)) {
    if (auto added = add(std::move(host), hosts); !added) return pass_on(std::move(added));
  }
  std::sort(hosts.begin(), hosts.end());
  known = {one, other, intern(hosts)};
  return known.both;
}

Result<void> OwnerRecords::add_host(dns::Name host) {
  return add(std::move(host), hosts);
}

Result<void> OwnerRecords::add_ds(ByteView rdata, dns::Ttl ttl) {
  // RFC 2181 §5.2: the TTLs of a set are equal; where they are not, the lowest counts.
  if (!ds.empty() && ttl != ds_ttl) is_lossy = true;
  ds_ttl = ds.empty() ? ttl : std::min(ds_ttl, ttl);
  const auto is_same = [&](const Bytes& known) {
    return std::equal(known.begin(), known.end(), rdata.begin(), rdata.end());
  };
  if (std::any_of(ds.begin(), ds.end(), is_same)) return {};
  if (auto room = check_room(ds.size(), "DS"); !room) return room;
  ds.emplace_back(rdata.begin(), rdata.end());
  return {};
}

void OwnerRecords::add_address(const IpAddress& address) {
  if (std::find(addresses.begin(), addresses.end(), address) != addresses.end()) return;
  if (addresses.size() < addresses_kept_max) {
    addresses.push_back(address);
  } else {
    is_lossy = true;
  }
}

void OwnerRecords::add_dname() {
  if (has_dname) is_lossy = true;
  has_dname = true;
}

bool OwnerRecords::is_empty() const {
  return hosts.empty() && ds.empty() && addresses.empty() && !has_dname && !is_lossy;
}

void OwnerRecords::clear() {
  hosts.clear();
  host_set = HostSets::none;
  ds.clear();
  ds_ttl = {};
  addresses.clear();
  has_dname = false;
  is_lossy = false;
}

void pack(OwnerRecords& records, HostSets& sets, Bytes& out) {
  std::sort(records.hosts.begin(), records.hosts.end());
  put_number(out, (records.has_dname ? dname_flag : 0) | (records.is_lossy ? lossy_flag : 0));
  put_number(out, sets.intern(records.hosts));
  put_number(out, records.ds.size());
  if (!records.ds.empty()) put_number(out, records.ds_ttl.seconds);
  for (const Bytes& rdata : records.ds) put_octets(out, rdata);
  put_number(out, records.addresses.size());
  for (const IpAddress& address : records.addresses) put_octets(out, address.octets());
}

Result<void> merge(PackedReader packed, HostSets& sets, OwnerRecords& into) {
  merge_flags(packed.number(), into);
  const auto joined = sets.join(into.host_set, static_cast<std::uint32_t>(packed.number()));
  if (!joined) return tl::unexpected(joined.error());
  into.host_set = *joined;
  return merge_rest(packed, into);
}

OwnerRecords unpack(PackedReader packed, const HostSets& sets) {
  OwnerRecords records;
  merge_flags(packed.number(), records);
  records.hosts = sets.at(static_cast<std::uint32_t>(packed.number()));
  const Result<void> merged = merge_rest(packed, records);
  CHECK(merged);  // it was checked when it was packed
  return records;
}

}  // namespace dskeeper::parent
