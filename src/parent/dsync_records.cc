#include "parent/dsync_records.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

namespace dskeeper::parent {
namespace {

// What one name says: for each type where to go.
using Endpoints = std::map<dns::RecordType, DsyncEndpoint>;

Bytes rdata_of(dns::RecordType type, const DsyncEndpoint& endpoint) {
  return dns::Dsync{type, dns::DsyncScheme::notify, endpoint.port, endpoint.target}.to_rdata();
}

class Planner {
 public:
  explicit Planner(const DsyncOptions& options) : options_(options) {
    for (const dns::RecordType type : options.types) own_[type] = options.own;
  }

  Result<void> open() {
    auto base = dns::dsync_name(options_.zone, options_.zone);
    if (!base) return pass_on(std::move(base));
    base_ = *std::move(base);
    if (options_.is_catch_all) {
      names_[base_] = own_;
      return {};
    }
    return add_wildcard(base_);
  }

  Result<void> take(const DsyncException& exception) {
    if (!exception.child.is_below(options_.zone)) {
      return fail(
          fmt::format("{} does not lie below {}", exception.child.text(), options_.zone.text()));
    }
    auto owner = dns::dsync_name(exception.child, options_.zone);
    if (!owner) return pass_on(std::move(owner));
    return exception.type ? take_one(exception, *exception.type, *owner)
                          : take_all(exception, *owner);
  }

  Result<std::vector<dns::Rrset>> finish() && {
    if (auto added = add_hidden(); !added) return pass_on(std::move(added));
    std::vector<dns::Rrset> rrsets;
    for (const auto& [owner, endpoints] : names_) {
      dns::Rrset rrset{owner, dns::RecordType::dsync, options_.ttl, {}, {}};
      for (const auto& [type, endpoint] : endpoints) {
        rrset.rdata.push_back(rdata_of(type, endpoint));
      }
      rrset.rdata = dns::make_rdata_set(std::move(rrset.rdata));
      rrsets.push_back(std::move(rrset));
    }
    return rrsets;
  }

 private:
  Result<void> add_wildcard(const dns::Name& below) {
    static const dns::Name star = dns::Name::parse("*.").value();
    auto owner = below.with_prefix(star);
    if (!owner) return pass_on(std::move(owner));
    names_.emplace(*std::move(owner), own_);
    return {};
  }

  // What is said of one type goes before what is said of all, in whichever order they come.
  Result<void> take_one(const DsyncException& exception, dns::RecordType type,
                        const dns::Name& owner) {
    if (!typed_[owner].emplace(type, exception.endpoint).second) return stands_twice(exception);
    children_.emplace(owner, own_);
    return {};
  }

  Result<void> take_all(const DsyncException& exception, const dns::Name& owner) {
    if (!whole_.emplace(owner, exception.endpoint).second) return stands_twice(exception);
    Endpoints endpoints;
    for (const dns::RecordType type : options_.types) endpoints[type] = exception.endpoint;
    children_[owner] = std::move(endpoints);
    return {};
  }

  static Result<void> stands_twice(const DsyncException& exception) {
    return fail(fmt::format("the endpoint for {} of {} stands twice",
                            exception.type ? dns::to_text(*exception.type) : "every type",
                            exception.child.text()));
  }

  // The names between a child's and the base exist now, without records: the wildcard speaks for
  // none of them any more, nor for what lies below them.
  Result<void> add_hidden() {
    for (auto& [owner, endpoints] : children_) {
      for (const auto& [type, endpoint] : typed_[owner]) endpoints[type] = endpoint;
      names_[owner] = std::move(endpoints);
    }
    if (options_.is_catch_all) return {};  // which speaks for whatever has no records
    for (const auto& [owner, endpoints] : children_) {
      for (dns::Name above = owner.parent(); above.is_below(base_); above = above.parent()) {
        names_.emplace(above, own_);
        if (auto added = add_wildcard(above); !added) return added;
      }
    }
    return {};
  }

  const DsyncOptions& options_;
  Endpoints own_;
  dns::Name base_;
  std::map<dns::Name, Endpoints> names_;
  std::map<dns::Name, Endpoints> children_;
  std::map<dns::Name, Endpoints> typed_;
  std::map<dns::Name, DsyncEndpoint> whole_;
};

// Is this record ours to change, at a name that shall have such types?
bool is_ours(const Bytes& rdata, const dns::Rrset* wanted) {
  const auto dsync = dns::Dsync::from_rdata(rdata);
  if (!dsync || dsync->scheme != dns::DsyncScheme::notify) return false;
  if (dsync->covered == dns::RecordType::cds || dsync->covered == dns::RecordType::csync) {
    return true;
  }
  return wanted != nullptr && std::ranges::any_of(wanted->rdata, [&](const Bytes& other) {
           const auto one = dns::Dsync::from_rdata(other);
           return one && one->covered == dsync->covered;
         });
}

void compare(const dns::Rrset& standing, const dns::Rrset* wanted, dns::RrsetChanges& changes) {
  dns::Rrset next =
      wanted != nullptr ? *wanted : dns::Rrset{standing.owner, standing.type, standing.ttl, {}, {}};
  for (const Bytes& rdata : standing.rdata) {
    if (!is_ours(rdata, wanted)) next.rdata.push_back(rdata);
  }
  next.rdata = dns::make_rdata_set(std::move(next.rdata));
  if (next.rdata.empty()) {
    changes.remove.push_back(standing);
  } else if (next.rdata != standing.rdata || next.ttl != standing.ttl) {
    changes.put.push_back(std::move(next));
  }
}

}  // namespace

Result<std::vector<dns::Rrset>> dsync_records(const DsyncOptions& options,
                                              std::span<const DsyncException> exceptions) {
  Planner planner(options);
  if (auto opened = planner.open(); !opened) return pass_on(std::move(opened));
  for (const DsyncException& exception : exceptions) {
    if (auto taken = planner.take(exception); !taken) return pass_on(std::move(taken));
  }
  return std::move(planner).finish();
}

dns::RrsetChanges dsync_changes(std::span<const dns::Rrset> wanted,
                                std::span<const dns::Rrset> standing) {
  dns::RrsetChanges changes;
  std::map<dns::Name, const dns::Rrset*> wanted_at;
  for (const dns::Rrset& rrset : wanted) wanted_at[rrset.owner] = &rrset;
  for (const dns::Rrset& rrset : standing) {
    const auto at = wanted_at.find(rrset.owner);
    compare(rrset, at == wanted_at.end() ? nullptr : at->second, changes);
    if (at != wanted_at.end()) wanted_at.erase(at);
  }
  for (const auto& [owner, rrset] : wanted_at) changes.put.push_back(*rrset);
  return changes;
}

}  // namespace dskeeper::parent
