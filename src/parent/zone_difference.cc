#include "parent/zone_difference.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "parent/relative_name.h"

namespace dskeeper::parent {
namespace {

using Step = ZoneDifference::Step;

// A touched owner takes several times the memory of one that is packed.
constexpr std::size_t touched_share = 16;
constexpr std::size_t touched_min = 10'000;

tl::unexpected<Error> misfit(Step step, const dns::Record& record) {
  const bool is_removal = step == Step::removal;
  return fail(fmt::format("a difference {} a record ({} of {}) that is {}",
                          is_removal ? "removes" : "adds", dns::to_text(record.type),
                          record.owner.text(), is_removal ? "not there" : "there already"));
}

// Takes the value out where it is to be removed. False where it does not fit.
template <typename T>
bool prepare(Step step, std::vector<T>& values, const T& value) {
  const auto found = std::find(values.begin(), values.end(), value);
  if (step == Step::addition) return found == values.end();
  if (found == values.end()) return false;
  values.erase(found);
  return true;
}

// For each kind: does the record fit? Then it is removed or added.
Result<bool> apply_host(Step step, const dns::Record& record, OwnerRecords& records) {
  auto host = kept_host(record);
  if (!host) return pass_on(std::move(host));
  if (!prepare(step, records.hosts, *host)) return false;
  if (step == Step::removal) return true;
  if (auto added = records.add_host(*std::move(host)); !added) return pass_on(std::move(added));
  return true;
}

Result<bool> apply_ds(Step step, const dns::Record& record, OwnerRecords& records) {
  if (auto checked = check_ds(record); !checked) return pass_on(std::move(checked));
  if (!prepare(step, records.ds, record.rdata)) return false;
  if (step == Step::removal) return true;
  if (auto added = records.add_ds(record.rdata, record.ttl); !added) {
    return pass_on(std::move(added));
  }
  return true;
}

Result<bool> apply_address(Step step, const dns::Record& record, OwnerRecords& records) {
  auto address = kept_address(record);
  if (!address) return pass_on(std::move(address));
  if (!prepare(step, records.addresses, *address)) return false;
  if (step == Step::addition) records.add_address(*address);
  return true;
}

bool apply_dname(Step step, OwnerRecords& records) {
  if (records.has_dname != (step == Step::removal)) return false;
  records.has_dname = step == Step::addition;
  return true;
}

Result<bool> apply_kind(Step step, KeptKind kind, const dns::Record& record,
                        OwnerRecords& records) {
  switch (kind) {
    case KeptKind::host:
      return apply_host(step, record, records);
    case KeptKind::ds:
      return apply_ds(step, record, records);
    case KeptKind::address:
      return apply_address(step, record, records);
    case KeptKind::dname:
      return apply_dname(step, records);
    default:
      return true;
  }
}

}  // namespace

ZoneDifference::ZoneDifference(const PackedDelegations& held, const ZoneRemainder& remainder,
                               Time now)
    : held_(held),
      remainder_(remainder),
      now_(now),
      touched_max_(held.size() / touched_share + touched_min),
      soa_(remainder.soa),
      soa_signatures_(remainder.soa_signatures) {}

Result<void> ZoneDifference::apply(Step step, const dns::Record& record) {
  const auto kind = kept_kind(held_.zone(), record);
  if (!kind) return tl::unexpected<Error>(kind.error());
  switch (*kind) {
    case KeptKind::none:
      return {};
    case KeptKind::soa:
      return apply_to_soa(step, record);
    case KeptKind::soa_signature:
      return apply_to_signatures(step, record);
    case KeptKind::zone_host:
      return fail("the name servers of the zone itself change, which is read whole");
    case KeptKind::zonemd:
      return fail("the zone has a ZONEMD record, which only the whole zone can be held against");
    default:
      return apply_to_owner(step, *kind, record);
  }
}

Result<void> ZoneDifference::apply_to_soa(Step step, const dns::Record& record) {
  if (step == Step::removal) {
    if (record.rdata != soa_) return misfit(step, record);
    soa_.clear();
    return {};
  }
  if (!soa_.empty()) return misfit(step, record);
  if (auto soa = kept_soa(record); !soa) return pass_on(std::move(soa));
  soa_ = record.rdata;
  return {};
}

Result<void> ZoneDifference::apply_to_signatures(Step step, const dns::Record& record) {
  auto signature = kept_signature(record, now_);
  if (!signature) return pass_on(std::move(signature));
  if (signature->covered != dns::RecordType::soa) return {};
  if (!prepare(step, soa_signatures_, record.rdata)) return misfit(step, record);
  return step == Step::addition ? keep_signature(soa_signatures_, record.rdata) : Result<void>();
}

Result<void> ZoneDifference::apply_to_owner(Step step, KeptKind kind, const dns::Record& record) {
  auto records = touch(record.owner);
  if (!records) return pass_on(std::move(records));
  auto fits = apply_kind(step, kind, record, **records);
  if (!fits) return pass_on(std::move(fits));
  if (!*fits) return misfit(step, record);
  ++(step == Step::removal ? removed_ : added_);
  return {};
}

Result<OwnerRecords*> ZoneDifference::touch(const dns::Name& owner) {
  const ByteView relative = relative_to(held_.zone(), owner);
  auto place = touched_.find(relative);
  if (place == touched_.end()) {
    if (touched_.size() >= touched_max_) {
      return fail(fmt::format("the differences touch more than {} names", touched_max_));
    }
    place = touched_
                .emplace(Bytes(relative.begin(), relative.end()),
                         held_records(held_, remainder_, relative))
                .first;
  }
  if (place->second.is_lossy) {
    return fail(
        fmt::format("a difference touches {}, of which not all records are kept", owner.text()));
  }
  return &place->second;
}

Result<ZoneVersion> ZoneDifference::finish() && {
  if (soa_.empty()) {
    return fail(fmt::format("the differences leave no SOA record of {}", held_.zone().text()));
  }
  auto version = make_next_version(held_, remainder_, touched_);
  if (!version) return version;
  version->remainder.soa = std::move(soa_);
  version->remainder.soa_signatures = std::move(soa_signatures_);
  return version;
}

}  // namespace dskeeper::parent
