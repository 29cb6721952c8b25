#include "cli/evidence_shelf.h"

#include <algorithm>
#include <set>

namespace dskeeper::cli {

Result<EvidenceShelf> EvidenceShelf::load(const dns::Name& parent, store::Store& store) {
  EvidenceShelf shelf;
  Result<void> visited =
      store.visit_evidence_groups(parent, [&shelf](const store::EvidenceLabel& label) {
        Groups& groups = shelf.children_[label.child];
        if (Group* group = find(groups, label.group)) {
          group->latest = entry_of(label);
        } else {
          groups.push_back({label.group, entry_of(label), std::nullopt});
        }
      });
  if (!visited) return pass_on(std::move(visited));
  return shelf;
}

EvidenceShelf::Entry EvidenceShelf::entry_of(const store::EvidenceLabel& label) {
  const auto days = std::chrono::floor<std::chrono::days>(label.at);
  return {label.id, days.time_since_epoch().count(), label.octets};
}

std::uint64_t EvidenceShelf::octets_of_day(const Groups& groups, std::int64_t day) {
  std::uint64_t sum = 0;
  for (const Group& group : groups) {
    if (group.first.day == day) sum += group.first.octets;
    if (group.latest && group.latest->day == day) sum += group.latest->octets;
  }
  return sum;
}

EvidenceShelf::Group* EvidenceShelf::find(Groups& groups, const std::string& name) {
  const auto found = std::ranges::find(groups, name, &Group::name);
  return found == groups.end() ? nullptr : &*found;
}

std::string EvidenceShelf::group_of(const dns::Name& child, const Case& decided) const {
  std::set<std::string_view> codes;
  for (const Finding& finding : decided.findings) codes.insert(kind_of(finding.code).name);
  std::string name(to_text(decided.outcome));
  for (const std::string_view code : codes) name += " " + std::string(code);
  if (!is_at_rest(decided.csync.outcome)) {
    std::set<std::string_view> csync_codes;
    for (const Finding& finding : decided.csync.findings) {
      csync_codes.insert(kind_of(finding.code).name);
    }
    name += " csync " + std::string(to_text(decided.csync.outcome));
    for (const std::string_view code : csync_codes) name += " " + std::string(code);
  }

  const auto known = children_.find(child);
  if (known == children_.end() || known->second.size() < groups_per_child_max) return name;
  const bool is_known = std::ranges::find(known->second, name, &Group::name) != known->second.end();
  return is_known ? name : std::string(to_text(decided.outcome)) + " otherwise";
}

EvidenceShelf::Place EvidenceShelf::place(const PackedEvidence& evidence) {
  if (evidence.group.empty()) return {};
  const Entry entry = entry_of({.id = evidence.id,
                                .child = evidence.child,
                                .at = evidence.at,
                                .group = evidence.group,
                                .octets = evidence.octets()});
  Groups& groups = children_[evidence.child];
  Group* group = find(groups, evidence.group);
  const std::optional<Entry> replaced = group != nullptr ? group->latest : std::nullopt;
  std::uint64_t octets = octets_of_day(groups, entry.day) + entry.octets;
  if (replaced && replaced->day == entry.day) octets -= replaced->octets;
  if (octets > octets_per_day_max) return {.is_kept = false, .replaces = std::nullopt};

  if (group == nullptr) {
    groups.push_back({evidence.group, entry, std::nullopt});
  } else {
    group->latest = entry;
  }
  return {.is_kept = true,
          .replaces = replaced ? std::optional(replaced->id) : std::optional<Sha256>()};
}

}  // namespace dskeeper::cli
