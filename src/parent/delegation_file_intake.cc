#include "parent/delegation_file_intake.h"

#include <algorithm>
#include <utility>

#include "parent/relative_name.h"

namespace dskeeper::parent {

using dns::RecordType;

bool DelegationFileIntake::belongs_here(const dns::Record& record) const {
  if (!record.owner.is_below(contents_.delegations.zone())) return false;
  if (record.type == RecordType::ds) return true;
  return content_ == ZoneFileContent::delegations &&
         (record.type == RecordType::ns || record.type == RecordType::a ||
          record.type == RecordType::aaaa);
}

Result<void> DelegationFileIntake::add(const dns::Record& record) {
  if (!belongs_here(record)) {
    return fail(content_ == ZoneFileContent::ds ? "a record is no DS record of a child"
                                                : "a record is no NS, DS or glue of a child");
  }
  if (record.type == RecordType::a || record.type == RecordType::aaaa) return add_address(record);
  if (!open_ || open_->child != record.owner) {
    if (auto opened = open(record.owner); !opened) return opened;
  }
  return add_to_child(record);
}

Result<void> DelegationFileIntake::open(const dns::Name& child) {
  if (auto closed = close(); !closed) return closed;
  open_.emplace();
  open_->child = child;
  open_->parent = contents_.delegations.zone();
  return {};
}

Result<void> DelegationFileIntake::add_to_child(const dns::Record& record) {
  if (record.type == RecordType::ds) {
    auto ds = dns::Ds::from_rdata(record.rdata);
    if (!ds) return pass_on(std::move(ds));
    open_->ds_ttl = record.ttl;
    ds_.push_back(*std::move(ds));
    return {};
  }
  auto host = dns::Name::from_wire(record.rdata);
  if (!host) return pass_on(std::move(host));
  contents_.name_server_ttl = record.ttl;
  open_->name_servers.push_back({*std::move(host), {}});
  return {};
}

Result<void> DelegationFileIntake::add_address(const dns::Record& record) {
  if (!open_ || !record.owner.is_at_or_below(open_->child)) {
    return fail("glue does not stand after the delegation that its host lies in");
  }
  const ByteView octets(record.rdata);
  const bool is_v4 = record.type == RecordType::a;
  if (octets.size() != (is_v4 ? 4U : 16U)) return fail("an address has a wrong length");
  glue_[record.owner].push_back(is_v4 ? IpAddress::v4(octets.first<4>())
                                      : IpAddress::v6(octets.first<16>()));
  return {};
}

Result<void> DelegationFileIntake::close() {
  if (!open_) return {};
  PackedDelegations& delegations = contents_.delegations;
  const ByteView child = relative_to(delegations.zone(), open_->child);
  if (delegations.size() > 0 &&
      compare_relative(delegations.relative_child(delegations.size() - 1), child) >= 0) {
    return fail("the delegations do not stand in their order");
  }
  if (content_ == ZoneFileContent::delegations && open_->name_servers.empty()) {
    return fail("a delegation has no name servers");
  }
  std::ranges::sort(open_->name_servers, {}, &NameServer::host);
  for (auto& [host, addresses] : glue_) {
    std::ranges::sort(addresses);
    const auto own = std::ranges::find(open_->name_servers, host, &NameServer::host);
    if (own != open_->name_servers.end()) {
      own->glue = std::move(addresses);
    } else {
      contents_.lent[open_->child].push_back({host, std::move(addresses)});
    }
  }
  open_->ds = dns::make_ds_set(std::move(ds_));
  delegations.append(*open_);
  open_.reset();
  ds_.clear();
  glue_.clear();
  return {};
}

Result<void> DelegationFileIntake::finish() {
  if (auto closed = close(); !closed) return closed;
  contents_.delegations.close();
  return {};
}

}  // namespace dskeeper::parent
