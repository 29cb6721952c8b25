#include "parent/delegation_builder.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace dskeeper::parent {
namespace {

// More than this many addresses of one name are not kept: enough to see that it has too many,
// should it be a name server. What other names have is not our affair.
constexpr std::size_t addresses_kept_max = records_of_set_max + 1;

void insert_address(std::vector<IpAddress>& addresses, const IpAddress& address) {
  if (addresses.size() >= addresses_kept_max) return;
  if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
    addresses.push_back(address);
  }
}

// Adds a value that is not there yet.
template <typename T>
Result<void> insert(std::vector<T>& set, T value, const dns::Record& record) {
  if (std::find(set.begin(), set.end(), value) != set.end()) return {};
  if (set.size() >= records_of_set_max) {
    return fail(fmt::format("{} has more than {} {} records", record.owner.text(),
                            records_of_set_max, dns::to_text(record.type)));
  }
  set.push_back(std::move(value));
  return {};
}

tl::unexpected<Error> malformed(const dns::Record& record) {
  return fail(fmt::format("the {} record of {} is malformed", dns::to_text(record.type),
                          record.owner.text()));
}

}  // namespace

Result<void> DelegationBuilder::add(const dns::Record& record) {
  if (!record.owner.is_at_or_below(zone_)) {
    return fail(fmt::format("{} lies outside the zone {}", record.owner.text(), zone_.text()));
  }
  const bool is_apex = record.owner == zone_;
  switch (record.type) {
    case dns::RecordType::soa:
      return is_apex ? add_soa(record) : Result<void>();
    case dns::RecordType::rrsig:
      return is_apex ? add_signature(record) : Result<void>();
    case dns::RecordType::ns:
      return is_apex ? Result<void>() : add_host(record);
    case dns::RecordType::ds:
      return is_apex ? Result<void>() : add_ds(record);
    case dns::RecordType::a:
    case dns::RecordType::aaaa:
      return add_address(record);
    case dns::RecordType::dname:
      dnames_.insert(record.owner);
      return {};
    default:
      return {};
  }
}

Result<void> DelegationBuilder::add_soa(const dns::Record& record) {
  auto soa = dns::Soa::from_rdata(record.rdata);
  if (!soa) return malformed(record);
  if (serial_ && *serial_ != soa->serial) {
    return fail(fmt::format("{} has two SOA records", zone_.text()));
  }
  serial_ = soa->serial;
  return {};
}

Result<void> DelegationBuilder::add_signature(const dns::Record& record) {
  const auto rrsig = dns::Rrsig::from_rdata(record.rdata, now_);
  if (!rrsig) return malformed(record);
  if (rrsig->covered != dns::RecordType::soa) return {};
  if (!soa_signature_ || soa_signature_->expiration < rrsig->expiration) {
    soa_signature_ = SignatureWindow{rrsig->inception, rrsig->expiration};
  }
  return {};
}

Result<void> DelegationBuilder::add_host(const dns::Record& record) {
  auto host = dns::Name::from_wire(record.rdata);
  if (!host) return malformed(record);
  if (cuts_.size() >= delegations_max) {
    return fail(fmt::format("the zone has more than {} delegations", delegations_max));
  }
  return insert(cuts_[record.owner].hosts, *std::move(host), record);
}

Result<void> DelegationBuilder::add_ds(const dns::Record& record) {
  auto ds = dns::Ds::from_rdata(record.rdata);
  if (!ds) return malformed(record);
  Cut& cut = cuts_[record.owner];
  // RFC 2181 §5.2: the TTLs of a set are equal; where they are not, the lowest counts.
  cut.ds_ttl = cut.ds.empty() ? record.ttl : std::min(cut.ds_ttl, record.ttl);
  return insert(cut.ds, *std::move(ds), record);
}

Result<void> DelegationBuilder::add_address(const dns::Record& record) {
  const ByteView octets = record.rdata;
  std::vector<IpAddress>& addresses = addresses_[record.owner];
  if (record.type == dns::RecordType::a) {
    if (octets.size() != 4) return malformed(record);
    insert_address(addresses, IpAddress::v4(octets.first<4>()));
    return {};
  }
  if (octets.size() != 16) return malformed(record);
  insert_address(addresses, IpAddress::v6(octets.first<16>()));
  return {};
}

bool DelegationBuilder::is_occluded(const dns::Name& name) const {
  for (dns::Name above = name.parent();; above = above.parent()) {
    if (dnames_.contains(above)) return true;
    if (!above.is_below(zone_)) return false;
    const auto cut = cuts_.find(above);
    if (cut != cuts_.end() && !cut->second.hosts.empty()) return true;
  }
}

Delegation DelegationBuilder::make_delegation(const dns::Name& child, Cut&& cut) const {
  Delegation delegation;
  delegation.child = child;
  delegation.parent = zone_;
  std::sort(cut.hosts.begin(), cut.hosts.end());
  for (dns::Name& host : cut.hosts) {
    NameServer server{std::move(host), {}};
    if (const auto known = addresses_.find(server.host); known != addresses_.end()) {
      server.glue = known->second;
      std::sort(server.glue.begin(), server.glue.end());
    }
    delegation.name_servers.push_back(std::move(server));
  }
  delegation.ds = dns::make_ds_set(std::move(cut.ds));
  delegation.ds_ttl = cut.ds_ttl;
  delegation.revision = std::to_string(serial_->value);
  return delegation;
}

Result<std::vector<Delegation>> DelegationBuilder::finish() && {
  if (!serial_) {
    return fail(fmt::format("there is no SOA record of {}", zone_.text()), {},
                "Is it the whole zone, and the right one?");
  }
  std::vector<dns::Name> children;
  for (const auto& [child, cut] : cuts_) {
    // A DS set alone delegates nothing; an NS set at a wildcard has no meaning (RFC 4592 §4.2).
    const bool is_wildcard = child.labels().front() == "*";
    if (!cut.hosts.empty() && !is_wildcard && !is_occluded(child)) children.push_back(child);
  }
  std::sort(children.begin(), children.end());
  std::vector<Delegation> delegations;
  delegations.reserve(children.size());
  for (const dns::Name& child : children) {
    delegations.push_back(make_delegation(child, std::move(cuts_.at(child))));
    for (const NameServer& server : delegations.back().name_servers) {
      if (server.glue.size() <= records_of_set_max) continue;
      return fail(fmt::format("{}, a name server of {}, has more than {} addresses",
                              server.host.text(), child.text(), records_of_set_max));
    }
  }
  return delegations;
}

}  // namespace dskeeper::parent
