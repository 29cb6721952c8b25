#include "rules/rfc9975.h"

#include <algorithm>
#include <array>

#include "rules/rfc7344.h"

namespace dskeeper::rules::rfc9975 {
namespace {

// Which finding names an answer that is missing.
FindingCode code_of(const Matter& matter, const ProvedAnswer& answer) {
  switch (answer.status) {
    case AnswerStatus::answer:
    case AnswerStatus::nodata:
      return matter.counts(answer) ? FindingCode::denial_unproven
                                   : FindingCode::answer_not_over_tcp;
    case AnswerStatus::nxdomain:  // the server does not know the zone (standards.md §5.4)
    case AnswerStatus::servfail:
    case AnswerStatus::other_rcode:
      return FindingCode::server_fails;
    case AnswerStatus::referral:
    case AnswerStatus::not_authoritative:
      return FindingCode::server_not_authoritative;
    case AnswerStatus::refused:
      return FindingCode::server_refuses;
    case AnswerStatus::malformed:
      return FindingCode::answer_malformed;
    case AnswerStatus::truncated:
      return FindingCode::answer_truncated;
    case AnswerStatus::not_permitted:
      return FindingCode::server_not_permitted;
    case AnswerStatus::timeout:
    case AnswerStatus::unreachable:
    case AnswerStatus::not_asked:
      break;
  }
  return FindingCode::server_silent;
}

std::string rcode_text(AnswerStatus status) {
  if (status == AnswerStatus::nxdomain) return "NXDOMAIN";
  if (status == AnswerStatus::servfail) return "SERVFAIL";
  return "an error";
}

// Answers that are missing for one reason: one finding, with all the types and servers.
class Gaps {
 public:
  void add(const ProvedAnswer& answer, const ServerAddress& server, FindingCode code) {
    const std::string rcode = code == FindingCode::server_fails ? rcode_text(answer.status) : "";
    auto gap = std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& known) {
      return known.code == code && known.rcode == rcode;
    });
    if (gap == gaps_.end()) gap = gaps_.insert(gap, Gap{code, rcode, {}, {}});
    const std::string type = dns::to_text(answer.type);
    if (std::find(gap->types.begin(), gap->types.end(), type) == gap->types.end()) {
      gap->types.push_back(type);
    }
    gap->servers.push_back(server);
  }

  void append_to(FindingList& findings) const {
    for (const Gap& gap : gaps_) {
      for (const ServerAddress& server : gap.servers) findings.add(gap.code, server, facts_of(gap));
    }
  }

 private:
  struct Gap {
    FindingCode code;
    std::string rcode;
    std::vector<std::string> types;
    std::vector<ServerAddress> servers;
  };

  static std::vector<std::string> facts_of(const Gap& gap) {
    if (gap.code == FindingCode::server_silent || gap.code == FindingCode::server_not_permitted) {
      return {};
    }
    std::string types;
    for (std::size_t i = 0; i < gap.types.size(); ++i) {
      if (i > 0) types += i + 1 == gap.types.size() ? " and " : ", ";
      types += gap.types[i];
    }
    if (gap.rcode.empty()) return {types};
    return {types, gap.rcode};
  }

  std::vector<Gap> gaps_;
};

// No question had any answer, and one at least had the time to get one.
bool is_silent(const ProvedServer& server) {
  bool any_silence = false;
  for (const ProvedAnswer* answer : {&server.soa, &server.dnskey, &server.cds, &server.cdnskey}) {
    if (is_silence(answer->status)) {
      any_silence = true;
    } else if (answer->status != AnswerStatus::not_asked) {
      return false;
    }
  }
  return any_silence;
}

bool is_silent_everywhere(const Matter& matter, const IpAddress& address) {
  return std::all_of(matter.sights.begin(), matter.sights.end(), [&](const Sight& sight) {
    return sight.server->server.address != address || is_silent(*sight.server);
  });
}

// A host without an address counts as unreachable (standards.md edge case 51).
bool has_address_somewhere(const Matter& matter, const dns::Name& host) {
  return std::any_of(matter.proved.begin(), matter.proved.end(), [&](const Proved& proved) {
    return std::none_of(proved.servers_without_address.begin(),
                        proved.servers_without_address.end(),
                        [&](const SurveyedServer& server) { return server.host == host; });
  });
}

// 9975-1: the answers that a sight lacks. A denial that cannot be judged for want of DNSKEY is
// not held against the child.
bool add_gaps(const Matter& matter, const Sight& sight, Gaps& gaps) {
  const ProvedServer& server = *sight.server;
  bool any = false;
  const auto add = [&](const ProvedAnswer& answer) {
    any = true;
    gaps.add(answer, server.server, code_of(matter, answer));
  };
  const bool has_dnskey = matter.counts(server.dnskey);
  for (const ConsideredType& considered : matter.types) {
    const Reading& reading = sight.*considered.reading;
    if (reading.is_received()) continue;
    if (reading.says != Says::unproven || has_dnskey) add(*reading.answer);
  }
  if (!has_dnskey) add(server.dnskey);
  return any;
}

// 9975-1: hosts whose addresses, all or some, one vantage point could not find.
void add_lost_hosts(const Matter& matter, std::size_t vantage, Missing& missing) {
  for (const SurveyedServer& server : matter.proved[vantage].servers_without_address) {
    missing.in_vantage[vantage] = true;
    missing.findings.note(FindingCode::server_without_address, {server.host.text()});
    if (has_address_somewhere(matter, server.host)) {
      missing.but_silence[vantage] = true;
    } else {
      missing.silent.push_back({server.host, {}});
    }
  }
  for (const SurveyedServer& server : matter.proved[vantage].servers_not_resolved) {
    missing.in_vantage[vantage] = true;
    missing.but_silence[vantage] = true;
    missing.findings.note(FindingCode::server_not_resolved, {server.host.text(), server.trouble});
  }
}

struct Group {
  const Reading* reading;
  std::vector<const ServerAddress*> servers;
};

bool is_same_wish(const Reading& a, const Reading& b) {
  const bool both_absent = !a.is_published() && !b.is_published();
  return both_absent || (a.says == b.says && a.keys == b.keys);
}

// The servers in groups that say the same about one type; the largest first.
std::vector<Group> group_by_wish(const Matter& matter, const ConsideredType& considered) {
  std::vector<Group> groups;
  for (const Sight& sight : matter.sights) {
    const Reading& reading = sight.*considered.reading;
    if (!reading.is_received()) continue;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& known) {
      return is_same_wish(*known.reading, reading);
    });
    if (group == groups.end()) group = groups.insert(group, Group{&reading, {}});
    group->servers.push_back(&sight.server->server);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return a.servers.size() > b.servers.size();
  });
  return groups;
}

void add_all(FindingCode code, const Group& group, const std::vector<std::string>& facts,
             FindingList& differences) {
  for (const ServerAddress* server : group.servers) differences.add(code, *server, facts);
}

// 9975-11: one type over all servers. Named are those that ask for a removal, those that lack the
// type, or those that differ from most.
void name_difference(const std::vector<Group>& groups, const std::string& type,
                     FindingList& differences) {
  const auto is_removal = [](const Group& group) { return group.reading->says == Says::removal; };
  const auto is_absent = [](const Group& group) { return !group.reading->is_published(); };
  if (std::any_of(groups.begin(), groups.end(), is_removal)) {
    for (const Group& group : groups) {
      if (is_removal(group)) add_all(FindingCode::delete_not_everywhere, group, {}, differences);
    }
    return;
  }
  std::vector<Group> present;
  for (const Group& group : groups) {
    if (is_absent(group)) {
      add_all(FindingCode::type_not_everywhere, group, {type}, differences);
    } else {
      present.push_back(group);
    }
  }
  if (present.size() < 2) return;
  const bool has_majority = present[0].servers.size() > present[1].servers.size();
  for (std::size_t i = has_majority ? 1 : 0; i < present.size(); ++i) {
    add_all(FindingCode::servers_differ, present[i], {type}, differences);
  }
}

}  // namespace

Missing find_missing(const Matter& matter) {
  Missing missing;
  missing.in_vantage.resize(matter.proved.size());
  missing.but_silence.resize(matter.proved.size());
  Gaps gaps;
  for (const Sight& sight : matter.sights) {
    if (!add_gaps(matter, sight, gaps)) continue;
    missing.in_vantage[sight.vantage] = true;
    if (is_silent_everywhere(matter, sight.server->server.address)) {
      missing.silent.push_back(sight.server->server);
    } else {
      missing.but_silence[sight.vantage] = true;
    }
  }
  gaps.append_to(missing.findings);
  for (std::size_t i = 0; i < matter.proved.size(); ++i) add_lost_hosts(matter, i, missing);
  std::sort(missing.silent.begin(), missing.silent.end());
  missing.silent.erase(std::unique(missing.silent.begin(), missing.silent.end()),
                       missing.silent.end());
  return missing;
}

bool is_anything_received(const Matter& matter) {
  return std::any_of(matter.sights.begin(), matter.sights.end(), [&](const Sight& sight) {
    return std::any_of(matter.types.begin(), matter.types.end(), [&](const ConsideredType& type) {
      return (sight.*type.reading).says != Says::nothing;
    });
  });
}

bool is_status_quo(const Matter& matter, const Reading& reading) {
  switch (reading.says) {
    case Says::unproven:  // it may block, like any answer (design.md)
    case Says::not_published:
      return true;
    case Says::not_eligible:
      return reading.is_standing_set || matter.is_anything_published;
    case Says::removal:
      return !matter.is_secure();  // RFC 8078 §4: there is nothing to remove
    case Says::keys:
      if (reading.keys != matter.standing) return false;
      // RFC 9975 §3 leaves the digest types to local policy.
      if (!matter.policy.digests_enforce && matter.standing_has_listed_digests) return true;
      return rfc7344::make_ds_set(matter, reading.keys) == matter.delegation.ds;
    case Says::nothing:
    case Says::unusable:
      break;
  }
  return false;
}

bool is_nothing_asked(const Matter& matter) {
  return std::all_of(matter.sights.begin(), matter.sights.end(), [&](const Sight& sight) {
    return std::all_of(matter.types.begin(), matter.types.end(), [&](const ConsideredType& type) {
      const Reading& reading = sight.*type.reading;
      return reading.says == Says::nothing || is_status_quo(matter, reading);
    });
  });
}

bool is_standing_confirmed(const Matter& matter) {
  return std::any_of(matter.sights.begin(), matter.sights.end(), [&](const Sight& sight) {
    return std::any_of(matter.types.begin(), matter.types.end(), [&](const ConsideredType& type) {
      const Reading& reading = sight.*type.reading;
      return (reading.says == Says::keys || reading.says == Says::not_eligible) &&
             is_status_quo(matter, reading);
    });
  });
}

void check_consistency(const Matter& matter, FindingList& differences) {
  std::vector<const Reading*> agreed;  // one for each type that is the same everywhere
  for (const ConsideredType& considered : matter.types) {
    const std::vector<Group> groups = group_by_wish(matter, considered);
    if (groups.size() > 1) {
      name_difference(groups, dns::to_text(considered.type), differences);
    } else if (!groups.empty()) {
      agreed.push_back(groups.front().reading);
    }
  }
  if (agreed.size() < 2) return;
  // RFC 7344 §6 forbids to require both types; RFC 9975 §3.1 to the letter counts an absent one as
  // an empty answer. The policy decides (standards.md §17-A).
  const bool one_is_absent = !agreed[0]->is_published() || !agreed[1]->is_published();
  if (one_is_absent && !matter.policy.strict_both) return;
  if (is_same_wish(*agreed[0], *agreed[1])) return;
  differences.note(FindingCode::types_differ);
}

const Reading* find_wish(const Matter& matter) {
  const Reading* wish = nullptr;
  for (const Sight& sight : matter.sights) {
    for (const ConsideredType& considered : matter.types) {
      const Reading& reading = sight.*considered.reading;
      if (!reading.is_received() || is_status_quo(matter, reading)) continue;
      const bool is_better =
          wish == nullptr || (wish->says != Says::keys && reading.says == Says::keys);
      if (is_better) wish = &reading;
    }
  }
  return wish;
}

}  // namespace dskeeper::rules::rfc9975
