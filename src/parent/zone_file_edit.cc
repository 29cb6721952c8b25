#include "parent/zone_file_edit.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace dskeeper::parent {
namespace {

std::optional<dns::Serial> serial_of(const std::string& revision) {
  dns::Serial serial;
  const char* end = revision.data() + revision.size();
  const auto [rest, error] = std::from_chars(revision.data(), end, serial.value);
  return error == std::errc() && rest == end ? std::optional(serial) : std::nullopt;
}

bool is_older(const std::string& revision, const std::string& than) {
  const auto ours = serial_of(revision);
  const auto theirs = serial_of(than);
  return ours && theirs && theirs->is_newer_than(*ours);
}

const NameServer* find(const std::vector<NameServer>& servers, const dns::Name& host) {
  const auto found = std::ranges::find(servers, host, &NameServer::host);
  return found == servers.end() ? nullptr : &*found;
}

// Glue of hosts elsewhere stands with the delegation that they lie in.
std::vector<NameServer> with_own_glue(const dns::Name& child, std::vector<NameServer> servers) {
  for (NameServer& server : servers) {
    if (!server.host.is_at_or_below(child)) server.glue.clear();
  }
  return servers;
}

std::vector<dns::Name> hosts_of(const std::vector<NameServer>& servers) {
  std::vector<dns::Name> hosts;
  for (const NameServer& server : servers) hosts.push_back(server.host);
  return hosts;
}

// A host that stays loses its last address.
bool loses_glue(const Delegation& before, const Delegation& after) {
  return std::ranges::any_of(before.name_servers, [&](const NameServer& server) {
    const NameServer* kept = find(after.name_servers, server.host);
    return kept != nullptr && kept->glue.empty() && !server.glue.empty();
  });
}

SendResult not_as_judged(std::string reason) {
  return {SendStatus::not_as_judged, std::move(reason)};
}

// More than that many, and more than that share, must not vanish.
struct VanishLimit {
  std::size_t count_max = 0;
  double share_max = 0;
  [[nodiscard]] bool allows(std::size_t vanished, std::size_t total) const {
    return vanished <= count_max ||
           static_cast<double>(vanished) <= share_max * static_cast<double>(total);
  }
};

}  // namespace

ZoneFileEdit::ZoneFileEdit(const ZoneFileSinkOptions& options, const Snapshot& snapshot,
                           const DelegationFile& old)
    : options_(options), snapshot_(snapshot), old_(old) {
  for (const auto& [child, unused] : old_.name_servers_ahead) {
    const std::optional<Delegation> said = snapshot_.find(child);
    if (said) note_use(child, carry_over(*said).name_servers);
  }
}

void ZoneFileEdit::note_use(const dns::Name& child, const std::vector<NameServer>& name_servers) {
  std::vector<dns::Name>& uses = uses_ahead_[child];
  for (const dns::Name& host : uses) used_ahead_.erase(used_ahead_.find(host));
  uses.clear();
  for (const NameServer& server : name_servers) {
    if (!server.host.is_at_or_below(child)) uses.push_back(server.host);
  }
  used_ahead_.insert(uses.begin(), uses.end());
}

void ZoneFileEdit::carry_over_ds(const Delegation& said, const Delegation& in_file,
                                 Entry& entry) const {
  const auto ahead = old_.ds_ahead.find(said.child);
  entry.is_ds_ahead = !is_registered_anew(said) && ahead != old_.ds_ahead.end() &&
                      ahead->second == said.ds && in_file.ds != said.ds;
  entry.ds = entry.is_ds_ahead ? in_file.ds : said.ds;
  // The file is the home of the TTL of what stands in it.
  entry.ds_ttl = entry.ds == in_file.ds ? in_file.ds_ttl : said.ds_ttl;
  if (entry.ds_ttl.seconds == 0) entry.ds_ttl = options_.default_ttl;
}

bool ZoneFileEdit::is_registered_anew(const Delegation& said) const {
  const auto known = old_.registrations_ahead.find(said.child);
  const std::string& roid = said.registration.roid;
  return known != old_.registrations_ahead.end() && !roid.empty() && known->second != roid;
}

ZoneFileEdit::Entry ZoneFileEdit::carry_over(const Delegation& said) const {
  const Delegation in_file = old_.find(said.child).value_or(Delegation{});
  Entry entry;
  carry_over_ds(said, in_file, entry);
  if (!has_name_servers()) return entry;
  entry.name_servers = with_own_glue(said.child, said.name_servers);
  const auto ahead = old_.name_servers_ahead.find(said.child);
  entry.are_name_servers_ahead =
      !is_registered_anew(said) && ahead != old_.name_servers_ahead.end() &&
      ahead->second == entry.name_servers && in_file.name_servers != entry.name_servers;
  if (entry.are_name_servers_ahead) entry.name_servers = in_file.name_servers;
  return entry;
}

ZoneFileEdit::Entry ZoneFileEdit::entry_of(const Delegation& said) const {
  const auto changed = changed_.find(said.child);
  return changed == changed_.end() ? carry_over(said) : changed->second;
}

SendResult ZoneFileEdit::apply(const Change& change) {
  if (change.name_servers && !has_name_servers()) {
    return {SendStatus::failed,
            "this sink writes DS sets, and has no place for name servers and glue"};
  }
  const std::optional<Delegation> said = snapshot_.find(change.child);
  if (!said) return not_as_judged("the source no longer has the delegation");
  return change.name_servers ? apply_name_servers(change, *said) : apply_ds(change, *said);
}

SendResult ZoneFileEdit::apply_ds(const Change& change, const Delegation& said) {
  Entry entry = entry_of(said);
  const std::vector<dns::Name> hosts =
      has_name_servers() ? hosts_of(entry.name_servers) : said.hosts();
  if (hosts != change.hosts) {
    // RFC 9975 §3: those that the published zone names must have been asked.
    return not_as_judged(
        entry.are_name_servers_ahead && said.hosts() == change.hosts
            ? "the file is ahead of the source, whose old name servers were asked: "
              "the database has to take over their change first"
            : "the NS set is no longer the one judged");
  }
  if (entry.ds != change.before && entry.ds != change.after) {
    return not_as_judged("the DS set is no longer the one judged");
  }
  entry.ds = change.after;
  entry.ds_ttl = change.ttl;
  entry.is_ds_ahead = change.after != said.ds;
  changed_.insert_or_assign(change.child, std::move(entry));
  if (change.after.empty()) {
    const std::optional<Delegation> in_file = old_.find(change.child);
    removed_ += in_file && in_file->is_secure() ? 1 : 0;
  }
  return {SendStatus::taken, {}};
}

SendResult ZoneFileEdit::apply_name_servers(const Change& change, const Delegation& said) {
  const NameServersEdit& edit = *change.name_servers;
  const Entry entry = entry_of(said);
  if (entry.ds != change.before) return not_as_judged("the DS set is no longer the one judged");
  if (is_same_to_csync(change.child, entry.name_servers, edit.after)) {
    return {SendStatus::taken, {}};
  }
  if (!is_same_to_csync(change.child, entry.name_servers, edit.before)) {
    return not_as_judged("the name servers and glue are no longer the ones judged");
  }
  Entry next = entry;
  next.name_servers = with_own_glue(change.child, edit.after);
  next.are_name_servers_ahead =
      !is_same_to_csync(change.child, next.name_servers, said.name_servers);
  if (std::string use = find_new_use(change, said, entry, next); !use.empty()) {
    return not_as_judged(std::move(use));
  }
  note_use(change.child, next.name_servers);
  changed_.insert_or_assign(change.child, std::move(next));
  return {SendStatus::taken, {}};
}

bool ZoneFileEdit::is_used_by_others(const Delegation& said, const dns::Name& host) const {
  return find(said.lent, host) != nullptr || used_ahead_.contains(host);
}

std::string ZoneFileEdit::find_new_use(const Change& change, const Delegation& said,
                                       const Entry& before, const Entry& after) const {
  const std::vector<NameServer> glue_after = glue_for_others(said, after);
  for (const NameServer& server : glue_for_others(said, before)) {
    const NameServer* next = find(glue_after, server.host);
    if (next != nullptr && next->glue == server.glue) continue;
    const auto& judged = change.name_servers->lent;
    if (next != nullptr && std::ranges::find(judged, server) != judged.end()) continue;
    return fmt::format("other delegations use the glue of {}, which it was not judged with",
                       server.host.text());
  }
  return {};
}

std::vector<NameServer> ZoneFileEdit::glue_for_others(const Delegation& said,
                                                      const Entry& entry) const {
  std::vector<NameServer> out = lent_by(said, entry);
  for (const NameServer& server : entry.name_servers) {
    if (!server.glue.empty() && is_used_by_others(said, server.host)) out.push_back(server);
  }
  return out;
}

std::vector<NameServer> ZoneFileEdit::lent_by(const Delegation& said, const Entry& entry) const {
  std::vector<NameServer> out;
  const auto add = [&](const std::vector<NameServer>& candidates) {
    for (const NameServer& server : candidates) {
      if (server.glue.empty() || !server.host.is_at_or_below(said.child)) continue;
      if (find(entry.name_servers, server.host) != nullptr) continue;
      if (find(out, server.host) == nullptr && is_used_by_others(said, server.host)) {
        out.push_back(server);
      }
    }
  };
  // Where the file is ahead of the source, what it has counts, and was approved where need be.
  if (entry.are_name_servers_ahead) {
    const std::optional<Delegation> in_file = old_.find(said.child);
    if (in_file) add(in_file->name_servers);
    const auto lent = old_.lent.find(said.child);
    if (in_file && lent != old_.lent.end()) add(lent->second);
  }
  add(said.lent);
  add(said.name_servers);
  std::ranges::sort(out, {}, &NameServer::host);
  return out;
}

void ZoneFileEdit::keep_registration(const Delegation& said, DelegationFile& next) const {
  std::string roid = said.registration.roid;
  const auto known = old_.registrations_ahead.find(said.child);
  if (roid.empty() && known != old_.registrations_ahead.end()) roid = known->second;
  if (!roid.empty()) next.registrations_ahead.emplace(said.child, std::move(roid));
}

DelegationFile ZoneFileEdit::make_next() const {
  DelegationFile next(snapshot_.zone());
  next.revision = snapshot_.revision();
  if (has_name_servers() && snapshot_.size() > 0) next.name_server_ttl = options_.name_server_ttl;
  for (std::size_t i = 0; i < snapshot_.size(); ++i) {
    const Delegation said = snapshot_.at(i);
    const Entry entry = entry_of(said);
    if (entry.is_ds_ahead) next.ds_ahead.emplace(said.child, said.ds);
    if (entry.are_name_servers_ahead) {
      next.name_servers_ahead.emplace(said.child, with_own_glue(said.child, said.name_servers));
    }
    if (entry.is_ds_ahead || entry.are_name_servers_ahead) keep_registration(said, next);
    if (has_name_servers()) {
      auto lent = lent_by(said, entry);
      if (!lent.empty()) next.lent.emplace(said.child, std::move(lent));
    } else if (entry.ds.empty()) {
      continue;
    }
    Delegation written;
    written.child = said.child;
    written.name_servers = entry.name_servers;
    written.ds = entry.ds;
    written.ds_ttl = entry.ds_ttl;
    next.delegations.append(written);
  }
  next.delegations.close();
  return next;
}

std::string ZoneFileEdit::objection(const DelegationFile& next) const {
  if (snapshot_.size() == 0) return "the source has no delegations";
  if (is_older(snapshot_.revision(), old_.revision)) {
    return fmt::format("the source's revision {} is older than the file's, {}",
                       snapshot_.revision(), old_.revision);
  }
  const Loss loss = loss_to(next);
  const VanishLimit limit{options_.vanish_min, options_.vanish_share};
  const std::size_t all = old_.delegations.size();
  const std::size_t ahead = old_.ds_ahead.size() + old_.name_servers_ahead.size();
  const auto told = [&](std::size_t count, std::size_t total, const char* what) {
    return fmt::format(
        "{} of the {} {} for no change of dskeeper's; if that is right, have the source take over "
        "what the file is ahead of it ({} changes), and move the file away",
        count, total, what, ahead);
  };
  if (!limit.allows(loss.ds_sets, loss.secure)) {
    return told(loss.ds_sets, loss.secure, "DS sets in the file would vanish");
  }
  if (!has_name_servers()) return {};
  if (!limit.allows(loss.delegations, all)) {
    return told(loss.delegations, all, "delegations in the file would vanish");
  }
  if (!limit.allows(loss.glue, all)) {
    return told(loss.glue, all, "delegations in the file would lose all glue of a name server");
  }
  return {};
}

ZoneFileEdit::Loss ZoneFileEdit::loss_to(const DelegationFile& next) const {
  Loss loss;
  for (std::size_t i = 0; i < old_.delegations.size(); ++i) {
    const Delegation before = old_.delegations.at(i);
    const std::optional<Delegation> after = next.find(before.child);
    if (before.is_secure()) {
      ++loss.secure;
      loss.ds_sets += after && after->is_secure() ? 0 : 1;
    }
    loss.delegations += after ? 0 : 1;
    if (!after || changed_.contains(before.child)) continue;
    loss.glue += loses_glue(before, *after) ? 1 : 0;
  }
  loss.ds_sets -= std::min(loss.ds_sets, removed_);
  return loss;
}

}  // namespace dskeeper::parent
