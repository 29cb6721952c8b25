// `dskeeper audit` and `dskeeper replay`: what the kept past proves. They read only.
#include <fmt/core.h>

#include <algorithm>

#include "cli/audit.h"
#include "cli/commands.h"
#include "cli/key.h"
#include "cli/replay.h"
#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace {

Result<std::optional<Sha256>> read_head(const std::string& text) {
  if (text.empty()) return std::optional<Sha256>();
  const Result<Bytes> bytes = from_hex(text);
  Sha256 head{};
  if (!bytes || bytes->size() != head.size()) {
    return fail(fmt::format("\"{}\" is not the head of a journal", text), {},
                "It is 64 hexadecimal digits, as the log and `dskeeper audit` print it.");
  }
  std::ranges::copy(*bytes, head.begin());
  return std::optional(head);
}

Result<std::vector<dns::Name>> parents_of(const Configuration& configuration, store::Store& store) {
  auto parents = store.parents();
  if (!parents) return pass_on(std::move(parents));
  for (const ParentSettings& parent : configuration.parents) {
    if (std::ranges::find(*parents, parent.zone) == parents->end()) {
      parents->push_back(parent.zone);
    }
  }
  return parents;
}

}  // namespace

int run_audit(const Configuration& configuration, const std::string& head) {
  const auto noted = read_head(head);
  if (!noted) return wrong_use(noted.error());
  auto store = store::open_store(configuration.store.url, store::Access::read_only);
  if (!store) return could_not(store.error());
  const auto parents = parents_of(configuration, **store);
  if (!parents) return could_not(parents.error());
  const auto audit = audit_store(**store, *parents, *noted);
  if (!audit) return could_not(audit.error());
  fmt::print("{}", audit_text(*audit));
  return audit->is_sound() ? exit_done : exit_could_not;
}

int run_replay(const Configuration& configuration, const ReplayOptions& options) {
  const Policy* policy = nullptr;
  if (!options.policy.empty()) {
    const auto found = configuration.policies.find(options.policy);
    if (found == configuration.policies.end()) {
      std::vector<std::string_view> known;
      for (const auto& [name, unused] : configuration.policies) known.push_back(name);
      return wrong_use({fmt::format("there is no policy \"{}\"", options.policy),
                        {},
                        did_you_mean(options.policy, known)});
    }
    policy = &found->second;
  }
  Time since;
  if (!options.since.empty()) {
    const auto read = parse_time(options.since);
    if (!read) return wrong_use(read.error());
    since = *read;
  }
  auto store = store::open_store(configuration.store.url, store::Access::read_only);
  if (!store) return could_not(store.error());
  const auto parents = parents_of(configuration, **store);
  if (!parents) return could_not(parents.error());
  for (const dns::Name& parent : *parents) {
    const auto counts = replay_parent(**store, parent, since, policy, [](const Difference& one) {
      fmt::print("{}\n", difference_text(one));
    });
    if (!counts) return could_not(counts.error());
    fmt::print("{}: {} decisions judged again {}, {} would come out otherwise.\n",
               shown_name(parent), counts->decisions,
               policy != nullptr ? fmt::format("under the policy {}", policy->name)
                                 : "under the policies of their time",
               counts->differences);
    if (counts->unreadable > 0) {
      fmt::print(stderr, "The evidence of {} decisions cannot be read; see `dskeeper audit`.\n",
                 counts->unreadable);
    }
  }
  return exit_done;
}

}  // namespace dskeeper::cli
