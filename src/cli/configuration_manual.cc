// The manual's page of configuration keys, made from the declarations that the reader uses.
#include <fmt/core.h>

#include "cli/algorithms.h"
#include "cli/configuration.h"
#include "cli/configuration_keys.h"
#include "cli/dsync_settings.h"
#include "cli/http_settings.h"
#include "cli/policy_keys.h"
#include "cli/sender_settings.h"

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

void add_algorithms(std::string& out) {
  out +=
      "\n### Algorithms\n\nWhat a DS of each is worth, unless the policy's `algorithms` says "
      "otherwise; others are ignored.\n\n"
      "| number | name | use for validation (RFC 9904) | use |\n|---|---|---|---|\n";
  for (const AlgorithmRow& row : algorithm_data().algorithms) {
    out += fmt::format("| {} | {} | {} | {} |\n", row.number, row.mnemonic, to_text(row.validation),
                       to_text(row.use));
  }
}

void add_digest_types(std::string& out) {
  const auto word = [](bool yes) { return yes ? "yes" : "no"; };
  out +=
      "\n### Digest types\n\n`eligible`: CDS of the type are considered. `publish`: DS of it may "
      "be "
      "made. `counts`: a path of trust may rest on it.\n\n"
      "| number | name | implement for delegation | use for delegation | use for validation | "
      "eligible | publish | counts |\n|---|---|---|---|---|---|---|---|\n";
  for (const DigestRow& row : algorithm_data().digests) {
    const DigestUse use = row.use();
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", row.number, row.mnemonic,
                       to_text(row.implement_delegation), to_text(row.delegation),
                       to_text(row.validation), word(use.is_eligible), word(use.may_publish),
                       word(use.counts));
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
  add_section(out, "[notify]", notify_keys());
  add_section(out, "[http]", http_keys());
  add_section(out, "[[key]]", tsig_key_keys());
  add_section(out, "[[parent]]", parent_keys());
  add_section(out, "[parent.dsync]", dsync_keys());
  add_section(out, "[signal]", signal_keys());
  add_section(out, "[[signaling]]", signaling_keys());
  add_section(out, "[sender]", sender_keys());
  add_section(out, "[policy.NAME]", policy_keys());
  add_algorithms(out);
  add_digest_types(out);
  return out;
}

}  // namespace dskeeper::cli
