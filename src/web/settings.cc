#include "web/settings.h"

#include "http/target.h"

namespace dskeeper::web {

const ParentZone* Settings::parent_of(const dns::Name& name) const {
  const ParentZone* best = nullptr;
  for (const ParentZone& parent : parents) {
    if (!name.is_below(parent.zone)) continue;
    if (best == nullptr || parent.zone.label_count() > best->zone.label_count()) best = &parent;
  }
  return best;
}

std::string Settings::zonemaster_of(const dns::Name& name) const {
  constexpr std::string_view blank = "{name}";
  std::string out = zonemaster;
  if (const std::size_t at = out.find(blank); at != std::string::npos) {
    out.replace(at, blank.size(), http::percent_encoded(name.text()));
  }
  return out;
}

}  // namespace dskeeper::web
