#include "cli/typed_child.h"

#include <fmt/core.h>

#include <string_view>
#include <vector>

#include "cli/key.h"
#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace {

std::vector<std::string> zones_of(const Configuration& configuration) {
  std::vector<std::string> zones;
  for (const ParentSettings& parent : configuration.parents) zones.push_back(parent.zone.text());
  return zones;
}

}  // namespace

Result<TypedChild> read_typed_child(const Configuration& configuration, const std::string& typed) {
  auto name = read_typed_name(typed);
  if (!name) return pass_on(std::move(name));
  const ParentSettings* parent = configuration.parent_of(*name);
  if (parent != nullptr) return TypedChild{*name, parent};
  for (const ParentSettings& itself : configuration.parents) {
    if (itself.zone != *name) continue;
    return fail(fmt::format("{} is a parent zone, and lies below none", shown_name(*name)), {},
                "Name one of its delegations.");
  }
  const std::vector<std::string> zones = zones_of(configuration);
  std::string all;
  for (const std::string& zone : zones) all += (all.empty() ? "" : ", ") + zone;
  return fail(fmt::format("{} lies below no configured parent zone", shown_name(*name)), {},
              fmt::format("Those of {} are: {}", configuration.file.string(), all));
}

Result<const ParentSettings*> read_typed_parent(const Configuration& configuration,
                                                const std::string& typed) {
  const auto zone = read_typed_name(typed);
  if (!zone) return tl::unexpected(zone.error());
  for (const ParentSettings& parent : configuration.parents) {
    if (parent.zone == *zone) return &parent;
  }
  const std::vector<std::string> zones = zones_of(configuration);
  const std::vector<std::string_view> known(zones.begin(), zones.end());
  return fail(fmt::format("{} is no configured parent zone", shown_name(*zone)), {},
              did_you_mean(zone->text(), known));
}

}  // namespace dskeeper::cli
