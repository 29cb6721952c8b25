#include "child/zone_list.h"

#include <fmt/core.h>

#include <algorithm>

namespace dskeeper::child {
namespace {

std::string_view without_comment(std::string_view line) {
  line = line.substr(0, line.find('#'));
  constexpr std::string_view blank = " \t\r";
  const std::size_t begin = line.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(blank) - begin + 1);
}

}  // namespace

Result<std::vector<dns::Name>> parse_zone_list(std::string_view text, const std::string& path) {
  std::vector<dns::Name> zones;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view typed = without_comment(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (typed.empty()) continue;
    auto zone = dns::Name::parse(typed);
    const std::string where = fmt::format("{}:{}", path, number);
    if (!zone) return fail(zone.error().what, where, "Write one zone a line.");
    if (zones.size() == zones_max) return fail(fmt::format("more than {} zones", zones_max), where);
    zones.push_back(*std::move(zone));
  }
  std::sort(zones.begin(), zones.end());
  zones.erase(std::unique(zones.begin(), zones.end()), zones.end());
  return zones;
}

}  // namespace dskeeper::child
