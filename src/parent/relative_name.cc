#include "parent/relative_name.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/check.h"

namespace dskeeper::parent {
namespace {

// Where the labels of a relative name begin, and a last place where they all end.
struct Labels {
  explicit Labels(ByteView name) : octets(name) {
    std::size_t at = 0;
    for (; at < name.size(); at += 1U + name[at]) {
      CHECK(count + 1 < places.size());
      places[count++] = at;
    }
    CHECK(at == name.size());
  }
  // Counted from the right.
  [[nodiscard]] std::string_view from_right(std::size_t index) const {
    const std::size_t at = places[count - 1 - index];
    return {reinterpret_cast<const char*>(octets.data()) + at + 1, octets[at]};
  }
  ByteView octets;
  std::array<std::size_t, dns::name_octets_max / 2 + 2> places;  // the first `count` are set
  std::size_t count = 0;
};

}  // namespace

ByteView relative_to(const dns::Name& zone, const dns::Name& name) {
  const ByteView wire = name.wire();
  return name.is_at_or_below(zone) ? wire.first(wire.size() - zone.wire().size()) : wire;
}

dns::Name absolute_in(const dns::Name& zone, ByteView relative) {
  std::size_t at = 0;
  while (at < relative.size() && relative[at] != 0) at += 1U + relative[at];
  if (at < relative.size()) return dns::Name::from_wire(relative).value();
  std::array<std::uint8_t, dns::name_octets_max> wire;
  const ByteView below = zone.wire();
  CHECK(relative.size() + below.size() <= wire.size());
  auto* const end = std::copy(relative.begin(), relative.end(), wire.begin());
  std::copy(below.begin(), below.end(), end);
  return dns::Name::from_wire(ByteView(wire).first(relative.size() + below.size())).value();
}

std::strong_ordering compare_relative(ByteView one, ByteView other) {
  const Labels ours(one);
  const Labels theirs(other);
  const std::size_t common = std::min(ours.count, theirs.count);
  for (std::size_t i = 0; i < common; ++i) {
    // std::string_view compares as unsigned octets, a shorter label first, as the RFC asks.
    const int order = ours.from_right(i).compare(theirs.from_right(i));
    if (order != 0) return order <=> 0;
  }
  return ours.count <=> theirs.count;
}

bool is_at_or_below(ByteView name, ByteView ancestor) {
  if (name.size() < ancestor.size()) return false;
  // The ancestor's labels must begin where one of the name's does.
  const std::size_t target = name.size() - ancestor.size();
  std::size_t at = 0;
  while (at < target) at += 1U + name[at];
  const ByteView rest = name.subspan(target);
  return at == target && std::equal(rest.begin(), rest.end(), ancestor.begin());
}

std::uint64_t order_hint(ByteView relative) {
  if (relative.empty()) return 0;
  // The label that stands nearest to the zone decides first.
  std::size_t at = 0;
  while (at + 1U + relative[at] < relative.size()) at += 1U + relative[at];
  const ByteView label = relative.subspan(at + 1);
  std::uint64_t hint = 0;
  for (std::size_t i = 0; i < sizeof hint; ++i) {
    hint = hint << 8U | (i < label.size() ? label[i] : 0U);
  }
  return hint;
}

}  // namespace dskeeper::parent
