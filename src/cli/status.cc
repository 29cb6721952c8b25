// `dskeeper status` and `dskeeper history`: what the store knows. They read only.
#include <fmt/core.h>

#include "cli/case_text.h"
#include "cli/commands.h"
#include "cli/history_timing.h"
#include "cli/progress.h"
#include "cli/shown_text.h"
#include "cli/typed_child.h"
#include "cli/typed_name.h"
#include "model/breaker.h"
#include "model/json.h"
#include "store/store.h"

namespace dskeeper::cli {
namespace {

// A pass that tells how far it is does so every few seconds.
constexpr Duration progress_age_max = std::chrono::minutes(1);

Result<std::unique_ptr<store::Store>> open_to_read(const Configuration& configuration) {
  return store::open_store(configuration.store.url, store::Access::read_only);
}

std::string operator_text(const Breaker& breaker) {
  return breaker.operator_name.empty() ? "all operators" : breaker.operator_name;
}

// No more than that one: without a kind it would also say that the source is right.
std::string resume_command(const Breaker& breaker) {
  std::string out = fmt::format("dskeeper resume --breaker {} --kind {}", breaker.parent.text(),
                                to_text(breaker.kind));
  if (!breaker.operator_name.empty()) out += " --operator " + breaker.operator_name;
  return out;
}

std::string breaker_text(const Breaker& breaker) {
  return fmt::format(
      "  breaker    {} changes of {} wait since {}: {} in a day, {} are allowed. Look into it, "
      "then run `{}`.\n",
      to_text(breaker.kind), operator_text(breaker), format_time(breaker.tripped_at),
      breaker.changes, breaker.limit, resume_command(breaker));
}

std::string breaker_json(const Breaker& breaker) {
  return fmt::format(R"({{"kind":"{}","operator":"{}","tripped_at":"{}","changes":{},"limit":{}}})",
                     to_text(breaker.kind), breaker.operator_name, format_time(breaker.tripped_at),
                     breaker.changes, breaker.limit);
}

// Those that are open.
Result<std::vector<Breaker>> open_breakers(store::Store& store, const dns::Name& parent) {
  auto breakers = store.breakers(parent, Time::max());
  if (!breakers) return pass_on(std::move(breakers));
  std::erase_if(*breakers, [](const Breaker& breaker) { return !breaker.is_open(); });
  return breakers;
}

std::string pass_json(const store::PassRecord& pass) {
  return fmt::format(R"({{"started_at":"{}","ended_at":{},"revision":"{}","children":{}}})",
                     format_time(pass.started_at),
                     pass.ended_at ? fmt::format("\"{}\"", format_time(*pass.ended_at)) : "null",
                     pass.revision, pass.children);
}

// Nothing where the process that told of it has told nothing more for a while: it has ended.
Result<std::optional<PassProgress>> pass_under_way(store::Store& store, const dns::Name& parent) {
  auto progress = store.find_progress(parent);
  const SystemClock clock;
  if (progress && *progress && clock.now() - (*progress)->at > progress_age_max) {
    return std::optional<PassProgress>();
  }
  return progress;
}

Result<void> print_counts(store::Store& store, const ParentSettings& parent, bool json) {
  auto counts = store.count_cases(parent.zone);
  if (!counts) return pass_on(std::move(counts));
  auto open = store.open_changes(parent.zone);
  if (!open) return pass_on(std::move(open));
  auto pass = store.last_pass(parent.zone);
  if (!pass) return pass_on(std::move(pass));
  const auto breakers = open_breakers(store, parent.zone);
  if (!breakers) return tl::unexpected(breakers.error());

  const auto under_way = pass_under_way(store, parent.zone);
  if (!under_way) return tl::unexpected(under_way.error());

  std::string cases;
  for (const auto& [outcome, count] : *counts) {
    cases += json ? fmt::format("{}\"{}\":{}", cases.empty() ? "" : ",", outcome, count)
                  : fmt::format("  {:10} {}\n", outcome, count);
  }
  if (json) {
    std::string stopped;
    for (const Breaker& breaker : *breakers) {
      stopped += (stopped.empty() ? "" : ",") + breaker_json(breaker);
    }
    fmt::print(R"({{"parent":"{}","cases":{{{}}},"open_changes":{},"last_pass":{},"breakers":[{}],)"
               R"("pass_under_way":{}}})"
               "\n",
               parent.zone.text(), cases, open->size(), *pass ? pass_json(**pass) : "null", stopped,
               *under_way ? progress_json(**under_way) : "null");
    return {};
  }
  fmt::print("{} (policy {})\n", shown_name(parent.zone), parent.policy);
  if (*pass) {
    fmt::print("  last pass  {}, {} delegations, {}\n", format_time((*pass)->started_at),
               (*pass)->children,
               (*pass)->ended_at ? "ended " + format_time(*(*pass)->ended_at) : "not ended");
  } else {
    fmt::print("  last pass  none yet\n");
  }
  if (*pass && (*pass)->is_void) {
    fmt::print("  void       some looks of it did not count: {}\n", (*pass)->void_reason);
  }
  if (*under_way) {
    fmt::print("  under way  since {}: {}\n", format_time((*under_way)->started_at),
               progress_text(**under_way));
  }
  for (const Breaker& breaker : *breakers) fmt::print("{}", breaker_text(breaker));
  fmt::print("  open changes {}\n  cases by outcome (children that ask for nothing have none):\n{}",
             open->size(), cases.empty() ? "  none\n" : cases);
  return {};
}

}  // namespace

int run_status(const Configuration& configuration, const std::string& name, bool json) {
  if (name.empty()) {
    const auto opened = open_to_read(configuration);
    if (!opened) return could_not(opened.error());
    for (const ParentSettings& parent : configuration.parents) {
      const Result<void> printed = print_counts(**opened, parent, json);
      if (!printed) return could_not(printed.error());
    }
    return exit_done;
  }
  const auto child = read_typed_child(configuration, name);
  if (!child) return wrong_use(child.error());
  const auto store = open_to_read(configuration);
  if (!store) return could_not(store.error());
  const auto found = (*store)->find_case(child->parent->zone, child->name);
  if (!found) return could_not(found.error());
  const auto pending = pending_text(**store, child->parent->zone, child->name);
  if (!pending) return could_not(pending.error());
  if (!*found) {
    if (!json) fmt::print("{}", shown_text(*pending));
    return could_not({fmt::format("the store has no case for the name {}", shown_name(child->name)),
                      {},
                      "A child that never asked for anything has none; `dskeeper explain` looks "
                      "at it now."});
  }
  fmt::print("{}", json ? case_to_contract_json(**found) + "\n"
                        : shown_text(case_text(**found) + *pending));
  return exit_done;
}

int run_history(const Configuration& configuration, const std::string& name, bool json) {
  const auto child = read_typed_child(configuration, name);
  if (!child) return wrong_use(child.error());
  const auto store = open_to_read(configuration);
  if (!store) return could_not(store.error());
  const auto entries = (*store)->history(child->parent->zone, child->name);
  if (!entries) return could_not(entries.error());
  const std::vector<std::optional<Duration>> since_notice = times_since_notice(*entries);
  for (std::size_t at = 0; at < entries->size(); ++at) {
    const JournalEntry& entry = (*entries)[at];
    if (json) {
      fmt::print("{}\n", event_to_json(entry, since_notice[at]));
    } else {
      fmt::print("{}  {:10}  {}{}\n", format_time(entry.event.at), to_text(entry.event.kind),
                 shown_text(entry.event.summary), since_notice_text(since_notice[at]));
    }
  }
  if (entries->empty() && !json) {
    fmt::print(stderr, "The journal has no entry for the name {}\n", shown_name(child->name));
  }
  return exit_done;
}

}  // namespace dskeeper::cli
