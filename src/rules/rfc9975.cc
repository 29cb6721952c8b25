#include "rules/rfc9975.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

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
    Gap& gap = gaps_[{code, rcode}];
    gap.types.insert(answer.type);
    gap.servers.push_back(server);
  }

  void append_to(FindingList& findings) const {
    for (const auto& [reason, gap] : gaps_) {
      const std::vector<std::string> facts = facts_of(reason, gap);
      for (const ServerAddress& server : gap.servers) findings.add(reason.first, server, facts);
    }
  }

 private:
  using Reason = std::pair<FindingCode, std::string>;  // with the name of the RCODE, if it is one
  struct Gap {
    std::set<dns::RecordType> types;
    std::vector<ServerAddress> servers;
  };

  static std::vector<std::string> facts_of(const Reason& reason, const Gap& gap) {
    const auto& [code, rcode] = reason;
    if (code == FindingCode::server_silent || code == FindingCode::server_not_permitted) return {};
    std::string types;
    for (auto type = gap.types.begin(); type != gap.types.end(); ++type) {
      if (!types.empty()) types += std::next(type) == gap.types.end() ? " and " : ", ";
      types += dns::to_text(*type);
    }
    if (rcode.empty()) return {types};
    return {types, rcode};
  }

  std::map<Reason, Gap> gaps_;
};

// No question that the policy asks had any answer, and one at least had the time to get one.
bool is_silent(const Matter& matter, const Sight& sight) {
  bool any_silence = false;
  bool any_answer = false;
  const auto take = [&](AnswerStatus status) {
    any_silence = any_silence || is_silence(status);
    any_answer = any_answer || (!is_silence(status) && status != AnswerStatus::not_asked);
  };
  take(sight.server->soa.status);
  take(sight.server->dnskey.status);
  for (const ConsideredType& type : matter.types) take((sight.*type.reading).answer->status);
  return any_silence && !any_answer;
}

bool is_silent_everywhere(const Matter& matter, const IpAddress& address) {
  return std::all_of(matter.sights.begin(), matter.sights.end(), [&](const Sight& sight) {
    return sight.server->server.address != address || is_silent(matter, sight);
  });
}

// A host without an address counts as unreachable (standards.md edge case 51).
bool has_address_somewhere(const Matter& matter, const dns::Name& host) {
  return std::any_of(matter.proved.begin(), matter.proved.end(), [&](const Proved* proved) {
    return std::none_of(proved->servers_without_address.begin(),
                        proved->servers_without_address.end(),
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
  for (const SurveyedServer& server : matter.proved[vantage]->servers_without_address) {
    missing.in_vantage[vantage] = true;
    missing.findings.note(FindingCode::server_without_address, {server.host.text()});
    if (has_address_somewhere(matter, server.host)) {
      missing.but_silence[vantage] = true;
    } else {
      missing.silent.push_back({server.host, {}});
    }
  }
  for (const SurveyedServer& server : matter.proved[vantage]->servers_not_resolved) {
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

// The very keys that stand are asked for: one type that says so is enough, since a change needs
// both to agree (§3.1).
bool is_confirmation(const Matter& matter, const Reading& reading) {
  return (reading.says == Says::keys || reading.says == Says::not_eligible) &&
         is_status_quo(matter, reading);
}

// Decision row 41: the DS set no longer matches this server's keys, so that no denial of it can be
// proven. That is said (rfc7344::check_standing_chain), and no answer is missing.
bool is_bogus_now(const Matter& matter, const Sight& sight) {
  return matter.is_secure() && matter.standing_keys.is_usable() &&
         matter.counts(sight.server->dnskey) && !rfc7344::is_chain_whole(matter, sight);
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

bool is_status_quo(const Matter& matter, const Reading& reading) {
  switch (reading.says) {
    case Says::unproven:  // it may end a look, like any answer (design.md)
    case Says::not_published:
      return true;
    case Says::not_eligible:
      return reading.is_standing_set || matter.is_anything_published;
    case Says::removal:
      return !matter.is_secure();  // RFC 8078 §4: there is nothing to remove
    case Says::keys:
      // Records equal to what stands ask for nothing, even where a key among them is named by a
      // digest type that does not count (9975-6).
      if (reading.keys != matter.standing) return reading.is_standing_set;
      // RFC 9975 §3 leaves the digest types to local policy.
      if (!matter.policy.digests_enforce && matter.standing_has_listed_digests) return true;
      return rfc7344::make_ds_set(matter, reading.keys) == matter.delegation.ds;
    case Says::nothing:
    case Says::unusable:
      break;
  }
  return false;
}

bool is_anything_asked(const Matter& matter) {
  return std::any_of(matter.sights.begin(), matter.sights.end(), [&](const Sight& sight) {
    return std::any_of(matter.types.begin(), matter.types.end(), [&](const ConsideredType& type) {
      const Reading& reading = sight.*type.reading;
      return reading.is_received() && !is_status_quo(matter, reading);
    });
  });
}

bool is_status_quo_seen(const Matter& matter) {
  return std::any_of(matter.sights.begin(), matter.sights.end(), [&](const Sight& sight) {
    const bool is_bogus = is_bogus_now(matter, sight);
    const auto is_quiet = [&](const ConsideredType& type) {
      const Reading& reading = sight.*type.reading;
      if (reading.says == Says::unproven) return is_bogus;
      return reading.is_received() && is_status_quo(matter, reading);
    };
    const auto confirms = [&](const ConsideredType& type) {
      return is_confirmation(matter, sight.*type.reading);
    };
    return std::any_of(matter.types.begin(), matter.types.end(), confirms) ||
           std::all_of(matter.types.begin(), matter.types.end(), is_quiet);
  });
}

bool is_standing_confirmed(const Matter& matter) {
  return std::any_of(matter.sights.begin(), matter.sights.end(), [&](const Sight& sight) {
    return std::any_of(matter.types.begin(), matter.types.end(), [&](const ConsideredType& type) {
      return is_confirmation(matter, sight.*type.reading);
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
