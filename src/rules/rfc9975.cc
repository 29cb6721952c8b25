#include "rules/rfc9975.h"

#include <fmt/core.h>

#include <algorithm>

#include "rules/rfc7344.h"

namespace dskeeper::rules::rfc9975 {
namespace {

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

void refuse_ineligible(const Matter& matter, FindingList& faults) {
  std::string eligible;
  for (unsigned number = 1; number < 256; ++number) {
    const auto type = static_cast<dns::DigestType>(number);
    if (!matter.table().use_of(type).is_eligible) continue;
    eligible += fmt::format("{}{}", eligible.empty() ? "" : ", ", dns::to_text(type));
  }
  for (const Sight& sight : matter.sights) {
    if (sight.cds.says != Says::not_eligible) continue;
    faults.add(FindingCode::no_eligible_digest, sight.server->server, {eligible});
  }
}

}  // namespace dskeeper::rules::rfc9975
