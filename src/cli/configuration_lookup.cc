// Where the configuration is, and what it has for a path or a name.
#include "cli/configuration.h"

namespace dskeeper::cli {

std::filesystem::path Configuration::resolve(const std::filesystem::path& path) const {
  return path.is_absolute() ? path : file.parent_path() / path;
}

const ParentSettings* Configuration::parent_of(const dns::Name& child) const {
  const ParentSettings* best = nullptr;
  for (const ParentSettings& parent : parents) {
    if (!child.is_below(parent.zone)) continue;
    if (best == nullptr || parent.zone.label_count() > best->zone.label_count()) best = &parent;
  }
  return best;
}

std::filesystem::path find_configuration_file(const std::string& named) {
  if (!named.empty()) return named;
  for (const char* place : {"dskeeper.toml", "/etc/dskeeper/dskeeper.toml"}) {
    std::error_code ignored;  // a place that cannot be looked at is one where there is none
    if (std::filesystem::exists(place, ignored)) return place;
  }
  return "dskeeper.toml";
}

}  // namespace dskeeper::cli
