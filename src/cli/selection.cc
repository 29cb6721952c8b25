#include "cli/selection.h"

#include <fmt/core.h>

#include <numeric>

#include "cli/typed_name.h"

namespace dskeeper::cli {
std::vector<std::size_t> all_children(const parent::Snapshot& snapshot) {
  std::vector<std::size_t> indices(snapshot.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

Result<std::vector<std::size_t>> named_children(const parent::Snapshot& snapshot,
                                                const std::vector<dns::Name>& names) {
  std::vector<std::size_t> indices;
  for (const dns::Name& name : names) {
    const auto index = snapshot.index_of(name);
    if (!index) {
      return fail(fmt::format("{} is no delegation of {} (revision {})", shown_name(name),
                              shown_name(snapshot.zone()), snapshot.revision()),
                  {}, "Name a child zone that the parent delegates.");
    }
    indices.push_back(*index);
  }
  return indices;
}

std::vector<std::size_t> present_children(const parent::Snapshot& snapshot,
                                          const std::vector<dns::Name>& names) {
  std::vector<std::size_t> indices;
  for (const dns::Name& name : names) {
    if (const auto index = snapshot.index_of(name)) indices.push_back(*index);
  }
  return indices;
}

}  // namespace dskeeper::cli
