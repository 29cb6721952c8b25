#include "parent/facts.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

#include "parent/columns.h"

namespace dskeeper::parent {
namespace {

bool is_before(const Delegation& delegation, const dns::Name& child) {
  return delegation.child < child;
}

}  // namespace

Result<std::vector<std::string>> apply_facts(const std::filesystem::path& path,
                                             const dns::Name& zone,
                                             std::vector<Delegation>& delegations) {
  auto text = read_text_file(path);
  if (!text) return pass_on(std::move(text));
  auto table = Table::open(*text, path.string(), TableKind::facts, zone);
  if (!table) return pass_on(std::move(table));
  std::sort(delegations.begin(), delegations.end(),
            [](const Delegation& a, const Delegation& b) { return a.child < b.child; });

  std::unordered_set<dns::Name> seen;
  std::size_t unknown = 0;
  std::string example;
  while (true) {
    auto child = table->next();
    if (!child) return pass_on(std::move(child));
    if (!*child) break;
    if (!seen.insert(**child).second) {
      return fail(fmt::format("{} stands twice", (*child)->text()), table->where());
    }
    const auto found = std::lower_bound(delegations.begin(), delegations.end(), **child, is_before);
    Delegation nobody;  // its row must still be right
    const bool is_known = found != delegations.end() && found->child == **child;
    if (!is_known && unknown++ == 0) example = (*child)->text();
    if (auto applied = table->apply(is_known ? *found : nobody); !applied) {
      return pass_on(std::move(applied));
    }
  }
  std::vector<std::string> warnings;
  if (unknown > 0) {
    warnings.push_back(fmt::format("{}: {} names are no delegations of {}, {} for one",
                                   path.string(), unknown, zone.text(), example));
  }
  return warnings;
}

}  // namespace dskeeper::parent
