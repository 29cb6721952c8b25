#include "model/signaling_name.h"

#include <string_view>

#include "base/check.h"

namespace dskeeper {
namespace {

dns::Name one_label(std::string_view text) {
  auto name = dns::Name::parse(text);
  CHECK(name);
  return *std::move(name);
}

constexpr std::string_view first_label = "_dsboot";

}  // namespace

Result<dns::Name> signaling_domain(const dns::Name& host) {
  return host.with_prefix(one_label("_signal"));
}

Result<dns::Name> signaling_name(const dns::Name& child, const dns::Name& host) {
  auto domain = signaling_domain(host);
  if (!domain) return domain;
  // The child's labels go between, all of them.
  auto below = domain->with_prefix(child);
  if (!below) return below;
  return below->with_prefix(one_label(first_label));
}

std::optional<dns::Name> signalled_child(const dns::Name& owner, const dns::Name& domain) {
  if (!owner.is_below(domain) || owner.labels().front() != first_label) return std::nullopt;
  const ByteView wire = owner.wire();
  const std::size_t front = first_label.size() + 1;
  const std::size_t end = wire.size() - domain.wire().size();
  if (end <= front) return std::nullopt;  // `_dsboot._signal.<host>`
  Bytes child(wire.begin() + static_cast<std::ptrdiff_t>(front),
              wire.begin() + static_cast<std::ptrdiff_t>(end));
  child.push_back(0);
  auto name = dns::Name::from_wire(child);
  CHECK(name);
  return *std::move(name);
}

}  // namespace dskeeper
