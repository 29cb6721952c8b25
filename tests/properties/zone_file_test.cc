// Properties of the zone-file sink with delegations (CSYNC, RFC 7477): whatever is sent to it, on
// top of whatever the source has seen or not, every delegation stays reachable, and nobody's glue
// changes but as it was judged.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "parent/zone_file_edit.h"
#include "properties/dice.h"

namespace dskeeper::properties {
namespace {

using parent::DelegationFile;
using parent::SendStatus;
using parent::Snapshot;

constexpr int zone_file_cases = 42'000;
constexpr unsigned steps_max = 4;

dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}

struct Pool {
  dns::Name zone = name("example.");
  std::vector<dns::Name> children, hosts;
  std::vector<IpAddress> addresses;
  Pool() {
    for (const char* child : {"ash", "elm", "oak"}) {
      const std::string text = std::string(child) + ".example.";
      children.push_back(name(text));
      hosts.push_back(name("ns1." + text));
      hosts.push_back(name("ns2." + text));
    }
    hosts.push_back(name("ns.op.test."));
    for (const char* one : {"192.0.2.1", "192.0.2.2", "2001:db8::1"}) {
      addresses.push_back(IpAddress::parse(one).value());
    }
  }
};
const Pool& pool() {
  static const Pool made;
  return made;
}

using Glue = std::map<dns::Name, std::vector<IpAddress>>;

std::vector<IpAddress> any_glue() {
  const auto first = static_cast<std::ptrdiff_t>(roll(3));
  const auto& all = pool().addresses;
  std::vector<IpAddress> out = {all.begin() + first, all.begin() + first + 1};
  if (rarely(3) && first < 2) out.push_back(all.back());
  return out;
}

std::vector<dns::Name> any_hosts() {
  std::vector<dns::Name> out;
  for (const dns::Name& host : pool().hosts) {
    if (rarely(3)) out.push_back(host);
  }
  if (out.empty()) out.push_back(pool().hosts.back());
  std::ranges::sort(out);
  return out;
}

bool is_in_zone(const dns::Name& host) {
  return host.is_below(pool().zone);
}

std::vector<NameServer> with_glue(const std::vector<dns::Name>& hosts, const Glue& glue) {
  std::vector<NameServer> out;
  for (const dns::Name& host : hosts) {
    out.push_back({host, is_in_zone(host) ? glue.at(host) : std::vector<IpAddress>{}});
  }
  return out;
}

// What the registry has; every host in the zone has the same glue wherever it is named.
struct Registry {
  std::map<dns::Name, std::vector<dns::Name>> hosts;
  Glue glue;

  void draw() {
    for (const dns::Name& host : pool().hosts) glue[host] = any_glue();
    for (const dns::Name& child : pool().children) hosts[child] = any_hosts();
  }
  [[nodiscard]] Snapshot snapshot(unsigned serial) const {
    std::vector<Delegation> delegations;
    for (const auto& [child, named] : hosts) {
      Delegation delegation;
      delegation.child = child;
      delegation.parent = pool().zone;
      delegation.name_servers = with_glue(named, glue);
      delegations.push_back(delegation);
    }
    return {pool().zone, std::to_string(serial), delegations};
  }
};

// The file as resolvers of the zone would see it.
struct Published {
  std::map<dns::Name, std::vector<dns::Name>> hosts;
  Glue glue;

  explicit Published(const DelegationFile& file) {
    for (std::size_t i = 0; i < file.delegations.size(); ++i) {
      const Delegation delegation = file.delegations.at(i);
      hosts[delegation.child] = delegation.hosts();
      add(delegation.name_servers);
    }
    for (const auto& [child, lent] : file.lent) add(lent);
  }
  void add(const std::vector<NameServer>& servers) {
    for (const NameServer& server : servers) {
      if (!server.glue.empty()) RC_ASSERT(glue.emplace(server.host, server.glue).second);
    }
  }
  [[nodiscard]] std::vector<IpAddress> glue_of(const dns::Name& host) const {
    const auto found = glue.find(host);
    return found == glue.end() ? std::vector<IpAddress>{} : found->second;
  }
  // Nobody's glue any more is nobody's loss.
  [[nodiscard]] bool is_used(const dns::Name& host) const {
    return std::ranges::any_of(hosts, [&](const auto& entry) {
      return std::ranges::find(entry.second, host) != entry.second.end();
    });
  }
  [[nodiscard]] bool is_used_by_others(const dns::Name& host, const dns::Name& owner) const {
    return std::ranges::any_of(hosts, [&](const auto& entry) {
      return entry.first != owner && std::ranges::find(entry.second, host) != entry.second.end();
    });
  }
};

// What judging lets through: each host inside the child has an address; what was judged may be out
// of date.
Change any_change(const dns::Name& child, const Published& now, const Snapshot& source) {
  const Delegation said = *source.find(child);
  Change change;
  change.child = child;
  change.parent = pool().zone;
  NameServersEdit edit;
  for (const dns::Name& host : now.hosts.at(child))
    edit.before.push_back({host, now.glue_of(host)});
  if (rarely(5)) edit.before = said.name_servers;
  edit.lent = said.lent;
  if (rarely(5)) edit.lent.clear();
  for (const dns::Name& host : any_hosts()) {
    std::vector<IpAddress> glue = now.glue_of(host);
    const bool is_inside = host.is_at_or_below(child);
    if (is_inside && (glue.empty() || rarely(2))) glue = any_glue();
    edit.after.push_back({host, glue});
  }
  for (const NameServer& server : edit.before) change.hosts.push_back(server.host);
  change.name_servers = std::move(edit);
  return change;
}

void check_reachable(const Published& file) {
  for (const auto& [child, hosts] : file.hosts) {
    RC_ASSERT(!hosts.empty());
    for (const dns::Name& host : hosts) {
      if (host.is_at_or_below(child)) RC_ASSERT(!file.glue_of(host).empty());
    }
  }
}

void check_only_as_judged(const Change& change, const Published& before, const Published& after) {
  const dns::Name& owner = change.child;
  for (const auto& [child, hosts] : before.hosts) {
    if (child != owner) RC_ASSERT(after.hosts.at(child) == hosts);
  }
  for (const auto& [host, glue] : before.glue) {
    if (!host.is_at_or_below(owner)) {
      RC_ASSERT(after.glue_of(host) == glue || !after.is_used(host));
    } else if (before.is_used_by_others(host, owner)) {
      RC_ASSERT(!after.glue_of(host).empty());
      const auto& lent = change.name_servers->lent;
      const bool was_known = std::ranges::find(lent, NameServer{host, glue}) != lent.end();
      if (!was_known) RC_ASSERT(after.glue_of(host) == glue);
    }
  }
}

class Story {
 public:
  Story() {
    registry_.draw();
    write(nullptr);
  }
  void go_on() {
    if (rarely(3)) read_source_anew();
    const Published before(file_);
    const dns::Name& child = pool().children[roll(3)];
    const Change change = any_change(child, before, registry_.snapshot(serial_));
    const bool is_taken = write(&change);
    RC_CLASSIFY(is_taken, "taken");
    const Published after(file_);
    check_reachable(after);
    if (is_taken) {
      check_only_as_judged(change, before, after);
      for (const NameServer& server : change.name_servers->after) {
        RC_ASSERT(std::ranges::count(after.hosts.at(child), server.host) == 1);
        if (server.host.is_at_or_below(child)) RC_ASSERT(after.glue_of(server.host) == server.glue);
      }
      const DelegationFile once = file_;
      RC_ASSERT(write(&change));
      RC_ASSERT(file_ == once);
    } else {
      RC_ASSERT(after.hosts == before.hosts);
      RC_ASSERT(after.glue == before.glue);
    }
  }

 private:
  bool write(const Change* change) {
    const Snapshot source = registry_.snapshot(serial_);
    parent::ZoneFileEdit edit(options_, source, file_);
    const bool is_taken = change == nullptr || edit.apply(*change).status == SendStatus::taken;
    file_ = edit.make_next();
    RC_ASSERT(edit.objection(file_).empty());
    return is_taken;
  }
  // It has caught up with the file, or somebody else has changed a name.
  void read_source_anew() {
    ++serial_;
    if (rarely(2)) {
      registry_.draw();
    } else {
      const Published now(file_);
      registry_.hosts = now.hosts;
      for (const auto& [host, glue] : now.glue) registry_.glue[host] = glue;
    }
    write(nullptr);
  }

  parent::ZoneFileSinkOptions options_{
      .zone = pool().zone, .file = {}, .content = parent::ZoneFileContent::delegations};
  unsigned serial_ = 1;
  Registry registry_;
  DelegationFile file_{pool().zone};
};

TEST(Properties, AZoneFileKeepsEveryDelegationReachable_AndGlueAsItWasJudged) {
  EXPECT_TRUE(holds("zone file: reachable, glue as judged, safe to repeat", zone_file_cases, [] {
    Story story;
    const unsigned steps = 1 + roll(steps_max);
    for (unsigned i = 0; i < steps; ++i) story.go_on();
  }));
}

}  // namespace
}  // namespace dskeeper::properties
