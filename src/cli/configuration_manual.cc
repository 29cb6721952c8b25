// The manual's page of configuration keys, made from the declarations that the reader uses.
#include <fmt/core.h>

#include "cli/configuration.h"
#include "cli/configuration_keys.h"
#include "cli/policy_keys.h"

namespace dskeeper::cli {
namespace {

template <typename Settings>
void add_section(std::string& out, std::string_view name, std::span<const Key<Settings>> keys) {
  out += fmt::format("\n### `{}`\n\n| key | is | default | meaning |\n|---|---|---|---|\n", name);
  for (const Key<Settings>& key : keys) {
    const KeyDescription& d = key.description;
    out += fmt::format("| `{}` | {} | {} | {} |\n", d.name, d.kind,
                       d.fallback.empty() ? "must be given" : fmt::format("`{}`", d.fallback),
                       d.sentence);
  }
}

}  // namespace

std::string configuration_manual() {
  std::string out;
  add_section(out, "[store]", store_keys());
  add_section(out, "[resolver]", resolver_keys());
  add_section(out, "[scan]", scan_keys());
  add_section(out, "[[scan.server]]", server_keys());
  add_section(out, "[[vantage]]", vantage_keys());
  add_section(out, "[[key]]", tsig_key_keys());
  add_section(out, "[[parent]]", parent_keys());
  add_section(out, "[policy.NAME]", policy_keys());
  return out;
}

}  // namespace dskeeper::cli
