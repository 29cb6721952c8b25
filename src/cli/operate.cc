// `dskeeper suspend`, `resume` and `approve`: the operator's hand.
//
// They write what was decided; whoever holds the parent's lease obeys before its next send, and
// journals it with reason and actor (contract.md, "Commands").
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/typed_child.h"
#include "cli/typed_name.h"
#include "model/act.h"
#include "model/act_reason.h"
#include "model/case_requests.h"
#include "store/store.h"

namespace dskeeper::cli {
namespace {

// Who runs the command, as the journal shall name them.
std::string actor_name() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  std::string account = std::to_string(getuid());
  if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    account = entry.pw_name;
  }
  const char* sudo = std::getenv("SUDO_USER");  // NOLINT(concurrency-mt-unsafe): one thread
  return sudo == nullptr ? account : fmt::format("{} (by sudo as {})", sudo, account);
}

Result<std::string> read_reason(const std::string& typed) {
  if (!is_reason(typed)) {
    return fail(fmt::format("the reason must be one line of text, at most {} octets long",
                            reason_octets_max),
                "--reason", "Say in half a sentence why, to follow \"because\".");
  }
  return typed;
}

struct Desk {
  std::unique_ptr<store::Store> store;
  Act act;
};

Result<Desk> open_desk(const Configuration& configuration, const dns::Name& parent,
                       const dns::Name& child, ActKind kind) {
  Desk desk;
  auto opened = store::open_store(configuration.store.url, store::Access::read_write);
  if (!opened) return pass_on(std::move(opened));
  desk.store = *std::move(opened);
  desk.act.kind = kind;
  desk.act.parent = parent;
  desk.act.child = child;
  desk.act.at = SystemClock().now();
  desk.act.actor = actor_name();
  return desk;
}

// Writes it, and says who will obey.
Result<void> hand_over(Desk& desk, const std::string& what) {
  const Result<std::uint64_t> number = desk.store->add_act(desk.act);
  if (!number) return tl::unexpected(number.error());
  const auto lease = desk.store->take_lease(desk.act.parent);
  fmt::print("{} ({}).\n", what,
             lease ? "no dskeeper works on the zone now; the next scan or serve obeys first"
                   : "the dskeeper that works on the zone obeys before it sends anything");
  return {};
}

int finish(const Result<void>& done) {
  return done ? exit_done : could_not(done.error());
}

Result<void> suspend(const Configuration& configuration, const TypedChild& child,
                     const std::string& reason) {
  auto desk = open_desk(configuration, child.parent->zone, child.name, ActKind::suspend);
  if (!desk) return pass_on(std::move(desk));
  desk->act.reason = reason;
  return hand_over(*desk, fmt::format("Automation for {} is to be suspended, because {}",
                                      shown_name(child.name), reason));
}

Result<void> resume(const Configuration& configuration, const TypedChild& child,
                    bool reset_replay) {
  auto desk = open_desk(configuration, child.parent->zone, child.name, ActKind::resume);
  if (!desk) return pass_on(std::move(desk));
  desk->act.reset_replay = reset_replay;
  return hand_over(*desk, fmt::format("Automation for {} is to go on{}", shown_name(child.name),
                                      reset_replay ? ", its replay watermark forgotten" : ""));
}

// Only what was shown may be approved, and only while it is what the child asks for.
Result<void> check_request(Desk& desk) {
  const std::string child = shown_name(desk.act.child);
  auto found = desk.store->find_case(desk.act.parent, desk.act.child);
  if (!found) return pass_on(std::move(found));
  const std::vector<std::string> asked = *found ? request_ids(**found) : std::vector<std::string>();
  if (asked.empty()) {
    return fail(fmt::format("{} asks for nothing that could be approved", child), {},
                "See `dskeeper status` of the name.");
  }
  if (std::find(asked.begin(), asked.end(), desk.act.request_id) != asked.end()) return {};
  return fail(fmt::format("{} asks for something else: its request is {}", child,
                          fmt::join(asked, ", or ")),
              "--request", "Look at it with `dskeeper status`, then approve that.");
}

Result<void> approve(const Configuration& configuration, const TypedChild& child,
                     const std::string& request) {
  auto desk = open_desk(configuration, child.parent->zone, child.name, ActKind::approve);
  if (!desk) return pass_on(std::move(desk));
  desk->act.request_id = request;
  if (auto checked = check_request(*desk); !checked) return checked;
  return hand_over(*desk, fmt::format("The request of {} is approved; it is looked at again first",
                                      shown_name(child.name)));
}

// What of a parent zone's breakers is to be closed.
struct BreakerChoice {
  dns::Name zone;
  std::optional<Request> kind;  // none: all
  std::string operator_name;
};

Result<BreakerChoice> read_breaker_choice(const Configuration& configuration,
                                          const ResumeOptions& options) {
  const auto parent = read_typed_parent(configuration, options.breaker);
  if (!parent) return tl::unexpected(parent.error());
  BreakerChoice choice{(*parent)->zone, std::nullopt, {}};
  if (!options.operator_name.empty()) {
    const auto name = read_typed_name(options.operator_name);
    if (!name) return tl::unexpected(name.error());
    choice.operator_name = name->text();
  }
  if (options.kind.empty()) return choice;
  const auto kind = parse_request(options.kind);
  if (!kind || *kind == Request::none) {
    return fail(fmt::format("\"{}\" is no kind of change", options.kind), "--kind",
                "Use bootstrap, update or delete.");
  }
  choice.kind = *kind;
  return choice;
}

Result<void> resume_breaker(const Configuration& configuration, const BreakerChoice& choice) {
  auto desk = open_desk(configuration, choice.zone, choice.zone, ActKind::resume_breaker);
  if (!desk) return pass_on(std::move(desk));
  desk->act.breaker_kind = choice.kind;
  desk->act.breaker_operator = choice.operator_name;
  return hand_over(*desk,
                   fmt::format("The breaker of {} is to be closed", shown_name(choice.zone)));
}

// An option that belongs to the other form must not be passed over in silence.
Result<void> check_form(const ResumeOptions& options) {
  if (options.name.empty() == options.breaker.empty()) {
    return fail("resume needs a name or --breaker ZONE, and not both");
  }
  if (!options.name.empty() && !(options.kind.empty() && options.operator_name.empty())) {
    return fail("--kind and --operator go with --breaker, not with a name");
  }
  if (options.name.empty() && options.reset_replay) {
    return fail("--reset-replay goes with a name, not with --breaker");
  }
  return {};
}

}  // namespace

int run_suspend(const Configuration& configuration, const std::string& name,
                const std::string& typed_reason) {
  const auto child = read_typed_child(configuration, name);
  if (!child) return wrong_use(child.error());
  const auto reason = read_reason(typed_reason);
  if (!reason) return wrong_use(reason.error());
  return finish(suspend(configuration, *child, *reason));
}

int run_resume(const Configuration& configuration, const ResumeOptions& options) {
  if (const Result<void> form = check_form(options); !form) return wrong_use(form.error());
  if (options.breaker.empty()) {
    const auto child = read_typed_child(configuration, options.name);
    if (!child) return wrong_use(child.error());
    return finish(resume(configuration, *child, options.reset_replay));
  }
  const auto choice = read_breaker_choice(configuration, options);
  if (!choice) return wrong_use(choice.error());
  return finish(resume_breaker(configuration, *choice));
}

int run_approve(const Configuration& configuration, const std::string& name,
                const std::string& request) {
  const auto child = read_typed_child(configuration, name);
  if (!child) return wrong_use(child.error());
  return finish(approve(configuration, *child, request));
}

}  // namespace dskeeper::cli
