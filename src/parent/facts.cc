#include "parent/facts.h"

#include <fmt/core.h>

#include <vector>

#include "base/interned_octets.h"
#include "parent/columns.h"

namespace dskeeper::parent {
Result<std::vector<std::string>> apply_facts(const std::filesystem::path& path,
                                             PackedDelegations& delegations) {
  const dns::Name& zone = delegations.zone();
  auto reader = CsvReader::open(path);
  if (!reader) return pass_on(std::move(reader));
  auto table = Table::open(*std::move(reader), path.string(), TableKind::facts, zone);
  if (!table) return pass_on(std::move(table));

  std::vector<bool> has_row(delegations.size());
  InternedOctets unknown;  // names that are no delegations
  std::string example;
  while (true) {
    auto child = table->next();
    if (!child) return pass_on(std::move(child));
    if (!*child) break;
    const auto index = delegations.index_of(**child);
    const std::size_t unknown_before = unknown.size();
    const bool is_new =
        index ? !has_row[*index] : unknown.intern((*child)->wire()) == unknown_before;
    if (!is_new) return fail(fmt::format("{} stands twice", (*child)->text()), table->where());
    Delegation row;  // that of an unknown name must still be right
    if (index) row.registration = delegations.registration(*index);
    if (auto applied = table->apply(row); !applied) return pass_on(std::move(applied));
    if (index) {
      has_row[*index] = true;
      delegations.set_registration(*index, row.registration);
    } else if (unknown_before == 0) {
      example = (*child)->text();
    }
  }
  std::vector<std::string> warnings;
  if (unknown.size() > 0) {
    warnings.push_back(fmt::format("{}: {} names are no delegations of {}, {} for one",
                                   path.string(), unknown.size(), zone.text(), example));
  }
  return warnings;
}

}  // namespace dskeeper::parent
