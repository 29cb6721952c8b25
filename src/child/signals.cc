#include "child/signals.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "model/signaling_name.h"
#include "model/standing.h"

namespace dskeeper::child {
namespace {

dns::Rrset make_rrset(const dns::Name& owner, dns::RecordType type, dns::Ttl ttl,
                      std::vector<Bytes> rdata) {
  return {owner, type, ttl, dns::make_rdata_set(std::move(rdata)), {}};
}

class Planner {
 public:
  Planner(const std::map<dns::Name, Signals>& standing, const SignalOptions& options)
      : standing_(standing), options_(options) {}

  Result<void> open() {
    for (const dns::Name& host : options_.hosts) {
      auto domain = signaling_domain(host);
      if (!domain) return pass_on(std::move(domain));
      plan_.hosts.push_back({host, *std::move(domain), {}, {}, {}});
    }
    unread_.resize(plan_.hosts.size());
    read_.resize(plan_.hosts.size());
    return {};
  }

  void take(const ReadZone& zone) {
    if (!zone.reading) {
      remark(Remark::Kind::unread, zone.zone, zone.reading.error().text());
      ++plan_.counts.unread;
      add_owners(unread_, zone.zone);
      return;
    }
    const ZoneReading& reading = *zone.reading;
    if (!options_.is_whole) add_owners(read_, zone.zone);
    if (reading.cds.empty() && reading.cdnskey.empty()) {
      ++plan_.counts.without_request;
    } else if (reading.is_secured && options_.removes_secured) {
      ++plan_.counts.secured;
    } else if (asks_for_removal(reading)) {
      remark(Remark::Kind::asks_for_removal, zone.zone, {});
      ++plan_.counts.not_possible;
    } else if (signal(reading)) {
      ++plan_.counts.signalled;
    } else {
      ++plan_.counts.not_possible;
    }
  }

  SignalPlan finish() && {
    for (std::size_t i = 0; i < plan_.hosts.size(); ++i) compare(i);
    return std::move(plan_);
  }

 private:
  void remark(Remark::Kind kind, const dns::Name& zone, std::string detail) {
    plan_.remarks.push_back({kind, zone, std::move(detail)});
  }

  static bool asks_for_removal(const ZoneReading& reading) {
    const auto is_removal = [&](dns::RecordType type, const std::vector<Bytes>& rdata) {
      return is_delete_sentinel(make_rrset(reading.zone, type, {}, rdata));
    };
    return is_removal(dns::RecordType::cds, reading.cds) ||
           is_removal(dns::RecordType::cdnskey, reading.cdnskey);
  }

  // True where the zone is signalled for under one host at least.
  bool signal(const ZoneReading& reading) {
    const auto serves = [&](const dns::Name& host) {
      return std::ranges::find(reading.hosts, host) != reading.hosts.end();
    };
    const bool all_in_domain = std::ranges::none_of(
        reading.hosts, [&](const dns::Name& host) { return can_signal(reading.zone, host); });
    if (all_in_domain) {
      remark(Remark::Kind::in_domain_only, reading.zone, {});
      return false;
    }
    bool is_ours = false;
    bool is_signalled = false;
    for (HostPlan& host : plan_.hosts) {
      if (!serves(host.host) || !can_signal(reading.zone, host.host)) continue;
      is_ours = true;
      is_signalled = signal_under(reading, host) || is_signalled;
    }
    if (!is_ours) remark(Remark::Kind::not_ours, reading.zone, {});
    return is_signalled;
  }

  bool signal_under(const ZoneReading& reading, HostPlan& host) {
    const auto owner = signaling_name(reading.zone, host.host);
    if (!owner) {
      remark(Remark::Kind::name_too_long, reading.zone, host.host.text());
      return false;
    }
    for (const auto& [type, rdata] : {std::pair(dns::RecordType::cds, &reading.cds),
                                      std::pair(dns::RecordType::cdnskey, &reading.cdnskey)}) {
      if (rdata->empty()) continue;
      host.signals.insert({{*owner, type}, make_rrset(*owner, type, options_.ttl, *rdata)});
    }
    return true;
  }

  using Owners = std::vector<std::set<dns::Name>>;  // by the index of the host

  void add_owners(Owners& owners, const dns::Name& zone) const {
    for (std::size_t i = 0; i < plan_.hosts.size(); ++i) {
      if (const auto owner = signaling_name(zone, plan_.hosts[i].host)) owners[i].insert(*owner);
    }
  }

  // What stands for a zone that could not be read, or is not spoken of, goes on standing.
  [[nodiscard]] bool may_go(std::size_t index, const dns::Name& owner) const {
    if (unread_[index].contains(owner)) return false;
    return options_.is_whole || read_[index].contains(owner);
  }

  void compare(std::size_t index) {
    HostPlan& host = plan_.hosts[index];
    const auto there = standing_.find(host.host);
    static const Signals nothing;
    const Signals& standing = there == standing_.end() ? nothing : there->second;
    for (const auto& [key, rrset] : standing) {
      if (host.signals.contains(key)) continue;
      if (may_go(index, key.first)) {
        host.remove.push_back(rrset);
      } else {
        host.signals.insert({key, rrset});
      }
    }
    for (const auto& [key, rrset] : host.signals) {
      const auto now = standing.find(key);
      if (now == standing.end() || now->second != rrset) host.put.push_back(rrset);
    }
  }

  const std::map<dns::Name, Signals>& standing_;
  const SignalOptions& options_;
  SignalPlan plan_;
  Owners unread_;
  Owners read_;  // where the zones are not all
};

}  // namespace

void add_signal(Signals& signals, const dns::Record& record) {
  dns::Rrset& rrset = signals[{record.owner, record.type}];
  rrset.owner = record.owner;
  rrset.type = record.type;
  rrset.ttl = record.ttl;
  rrset.rdata.push_back(record.rdata);
  rrset.rdata = dns::make_rdata_set(std::move(rrset.rdata));
}

std::string Remark::text() const {
  const std::string name = zone.text();
  switch (kind) {
    case Kind::unread:
      return fmt::format("{} could not be read, and its signals stay as they are: {}", name,
                         detail);
    case Kind::not_ours:
      return fmt::format(
          "No NS record of {} names one of your hosts, so there is no place for its "
          "signals.",
          name);
    case Kind::in_domain_only:
      return fmt::format(
          "All name servers of {} lie inside it, where signals do not count "
          "(RFC 9615 §4.2). Add one outside to bootstrap it so.",
          name);
    case Kind::name_too_long:
      return fmt::format(
          "The signaling name of {} under {} would be longer than 255 octets "
          "(RFC 9615 §4.4), so that it cannot be bootstrapped so.",
          name, detail);
    case Kind::asks_for_removal:
      return fmt::format("{} asks for the removal of its DS set, for which there are no signals.",
                         name);
  }
  return name;
}

Result<SignalPlan> plan_signals(std::span<const ReadZone> zones,
                                const std::map<dns::Name, Signals>& standing,
                                const SignalOptions& options) {
  Planner planner(standing, options);
  if (auto opened = planner.open(); !opened) return pass_on(std::move(opened));
  for (const ReadZone& zone : zones) planner.take(zone);
  return std::move(planner).finish();
}

bool is_signal_owner(const dns::Name& owner, const dns::Name& domain) {
  return signalled_child(owner, domain).has_value();
}

}  // namespace dskeeper::child
