#include "model/signaling_name.h"

#include "base/check.h"

namespace dskeeper {
namespace {

dns::Name one_label(const char* text) {
  auto name = dns::Name::parse(text);
  CHECK(name);
  return *std::move(name);
}

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
  return below->with_prefix(one_label("_dsboot"));
}

}  // namespace dskeeper
