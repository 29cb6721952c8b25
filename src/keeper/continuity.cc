#include "keeper/continuity.h"

#include <algorithm>

namespace dskeeper::keeper {
namespace {

// Missing facts are unknown, and what is unknown has not changed.
bool has_changed(const std::string& before, const std::string& now) {
  return !before.empty() && !now.empty() && before != now;
}

bool share_a_host(const Delegation& a, const Delegation& b) {
  return std::any_of(a.name_servers.begin(), a.name_servers.end(), [&](const NameServer& server) {
    return std::any_of(b.name_servers.begin(), b.name_servers.end(),
                       [&](const NameServer& other) { return other.host == server.host; });
  });
}

// A child that has all its servers changed by CSYNC stays the same child.
bool was_moved_by_us(const Case& before, const Delegation& delegation) {
  const std::optional<Change>& change = before.change;
  return change && change->name_servers && change->may_have_been_applied() &&
         is_same_to_csync(delegation.child, delegation.name_servers, change->name_servers->after);
}

}  // namespace

Continuity compare(const Case& before, const Delegation& delegation) {
  if (before.absent_since) return Continuity::registered_anew;
  const Registration& then = before.delegation.registration;
  const Registration& now = delegation.registration;
  if (has_changed(then.roid, now.roid)) return Continuity::registered_anew;
  if (has_changed(then.sponsor, now.sponsor)) return Continuity::moved;
  if (!share_a_host(before.delegation, delegation) && !was_moved_by_us(before, delegation)) {
    return Continuity::moved;
  }
  return Continuity::same;
}

Delegation with_known_facts(const std::optional<Case>& before, Delegation delegation) {
  if (!before || compare(*before, delegation) == Continuity::registered_anew) return delegation;
  const Registration& known = before->delegation.registration;
  Registration& now = delegation.registration;
  // Whether there is a way out of DNSSEC depends on the registrar.
  const bool has_moved = has_changed(known.sponsor, now.sponsor);
  if (!now.bootstrap && !has_moved) now.bootstrap = known.bootstrap;
  if (now.roid.empty()) now.roid = known.roid;
  if (now.sponsor.empty()) now.sponsor = known.sponsor;
  if (!now.created) now.created = known.created;
  if (!now.statuses) now.statuses = known.statuses;
  if (!now.no_ds) now.no_ds = known.no_ds;
  if (!now.no_ns) now.no_ns = known.no_ns;
  return delegation;
}

std::optional<std::string> find_disturbance(const Case& before, const Delegation& delegation) {
  const Delegation& then = before.delegation;
  if (compare(before, delegation) == Continuity::registered_anew) {
    return "the name was registered anew";
  }
  if (has_changed(then.registration.sponsor, delegation.registration.sponsor)) {
    return "the name moved to another registrar";
  }
  if (then.hosts() != delegation.hosts()) return "the name servers of the delegation changed";
  if (then.name_servers != delegation.name_servers) return "the glue of the delegation changed";
  if (then.ds != delegation.ds) return "the DS set of the delegation changed";
  return std::nullopt;
}

}  // namespace dskeeper::keeper
