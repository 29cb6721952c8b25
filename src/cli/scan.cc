// `dskeeper scan`: one pass over all delegations, or those named, and what follows from it.
#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>

#include "cli/case_text.h"
#include "cli/census.h"
#include "cli/commands.h"
#include "cli/dispatcher.h"
#include "cli/parent_state.h"
#include "cli/pass.h"
#include "cli/progress.h"
#include "cli/proving.h"
#include "cli/record.h"
#include "cli/repeater.h"
#include "cli/selection.h"
#include "cli/shown_text.h"
#include "cli/signature_memory.h"
#include "cli/typed_child.h"
#include "cli/typed_name.h"
#include "cli/workplace.h"
#include "model/json.h"
#include "store/store.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

constexpr Duration redraw_interval = std::chrono::milliseconds(200);

// A scan remembers no earlier one: the second it begins in takes the place of a counter.
std::size_t rotation_of(Time now) {
  return static_cast<std::size_t>(now.time_since_epoch() / std::chrono::seconds(1));
}

// One parent zone, and the names below it that are to be looked at; none: all.
struct Errand {
  const ParentSettings* parent = nullptr;
  std::vector<dns::Name> names;
};

// Where something can be found that lives in a coroutine, for as long as it does.
template <typename T>
class Shown {
 public:
  Shown(T*& place, T& value) : place_(place) { place_ = &value; }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;
  ~Shown() { place_ = nullptr; }

 private:
  T*& place_;
};

class Scan {
 public:
  Scan(const Configuration& configuration, const ScanOptions& options)
      : configuration_(configuration), options_(options) {}

  Result<void> run(const std::vector<Errand>& errands) {
    if (auto opened = open_store(); !opened) return opened;
    asio::io_context context;
    auto workplace = Workplace::make(context.get_executor(), configuration_, clock_);
    if (!workplace) return pass_on(std::move(workplace));
    workplace_ = workplace->get();
    if (auto read = open_signatures(); !read) return read;
    Proving proving(context.get_executor(), signatures_->known());
    proving_ = &proving;
    asio::signal_set signals(context, SIGINT, SIGTERM);
    wait_for_signal(signals);
    Result<void> result;
    asio::co_spawn(context, scan_all(errands, signals, result), rethrow);
    context.run();
    save_signatures();
    return result;
  }

  [[nodiscard]] bool was_stopped() const { return is_stopped_; }

 private:
  static void rethrow(const std::exception_ptr& exception) {
    if (exception) std::rethrow_exception(exception);
  }

  // A dry run reads what is remembered, if there is anything, and writes nothing.
  Result<void> open_store() {
    const std::string& url = configuration_.store.url;
    auto is_there = store::store_exists(url);
    if (!is_there) return pass_on(std::move(is_there));
    if (options_.dry_run && !*is_there) return {};
    auto opened = store::open_store(
        url, options_.dry_run ? store::Access::read_only : store::Access::read_write);
    if (!opened) return pass_on(std::move(opened));
    store_ = std::move(*opened);
    return {};
  }

  Result<void> open_signatures() {
    auto path = store::path_beside(configuration_.store.url, signatures_ending);
    if (!path) return pass_on(std::move(path));
    signatures_.emplace(*path);
    if (!signatures_->trouble().empty()) note_signatures(signatures_->trouble());
    return {};
  }

  // What cannot be kept is verified again next time.
  void save_signatures() {
    if (options_.dry_run) return;
    const Result<void> saved = signatures_->save();
    if (!saved) note_signatures(saved.error().text());
  }

  static void note_signatures(const std::string& trouble) {
    fmt::print(stderr, "Signatures verified before are not remembered: {}\n", shown_text(trouble));
  }

  asio::awaitable<void> scan_all(const std::vector<Errand>& errands, asio::signal_set& signals,
                                 Result<void>& result) {
    for (const Errand& errand : errands) {
      if (is_stopped_) break;
      ParentWork& work = *workplace_->find(errand.parent->zone);
      Result<void> done = co_await scan_parent(work, errand.names);
      if (done) continue;
      // Each parent zone's trouble is said; the last one is the result.
      if (!result) static_cast<void>(could_not(result.error()));
      result = std::move(done);
    }
    signals.cancel();
    co_await workplace_->close();
  }

  asio::awaitable<Result<void>> scan_parent(ParentWork& work, const std::vector<dns::Name>& names) {
    const dns::Name& zone = work.settings->zone;
    std::unique_ptr<store::Lease> lease;
    if (!options_.dry_run) {
      auto taken = store_->take_lease(zone);
      if (!taken) co_return tl::unexpected(taken.error());
      lease = std::move(*taken);
    }
    auto loaded = ParentState::load(work, store_.get(), workplace_->executor(), clock_);
    if (!loaded) co_return tl::unexpected(loaded.error());
    ParentState& state = **loaded;
    const Shown<ParentView> view(view_, state.view());
    const Time started = clock_.now();
    const Result<void> ready = co_await prepare(state);
    if (!ready) co_return ready;
    const parent::Snapshot& snapshot = *state.view().snapshot();
    std::vector<std::size_t> children = all_children(snapshot);
    if (!names.empty()) {
      auto named = named_children(snapshot, names);
      if (!named) co_return tl::unexpected(named.error());
      children = std::move(*named);
    }
    const auto summary = co_await pass(state, children);
    if (!summary) co_return tl::unexpected(summary.error());
    Result<void> settled = co_await settle(state, started, *summary);
    print_summary(zone, *summary, clock_.now() - started);
    co_return settled;
  }

  // Reads the parent, obeys the operator, and sees whether a look could count at all.
  asio::awaitable<Result<void>> prepare(ParentState& state) const {
    const Result<void> read = co_await state.view().read();
    if (!read) co_return read;
    for (const std::string& warning : state.view().snapshot()->warnings()) {
      fmt::print(stderr, "{}\n", shown_text(warning));
    }
    const auto clock_fault = state.find_clock_fault();
    if (!clock_fault) co_return tl::unexpected(clock_fault.error());
    if (*clock_fault) {
      co_return fail("no look would count: " + **clock_fault, state.work().settings->zone.text(),
                     "Set the clock right, or look after the parent's signatures.");
    }
    if (options_.dry_run) co_return Result<void>();
    Result<void> obeyed = state.obey_acts();
    // Whom an act wants to be looked at is looked at in any case, or with the next scan.
    static_cast<void>(state.take_to_look_at());
    co_return obeyed;
  }

  asio::awaitable<Result<PassSummary>> pass(ParentState& state,
                                            const std::vector<std::size_t>& children) {
    const Result<std::optional<Time>> last_pass = state.last_pass();
    if (!last_pass) co_return tl::unexpected(last_pass.error());
    PassOptions options;
    options.is_dry_run = options_.dry_run;
    options.is_full = !options_.names.empty();
    options.channel = options_.names.empty() ? Channel::scan : Channel::named;
    // Where none is known this is a pass like any other: some children's turn, not everybody's.
    options.deep_since = last_pass->value_or(clock_.now() - configuration_.scan.interval);
    options.rotation = rotation_of(clock_.now());
    options.on_look = [&](const Delegation&, const LookResult& result) {
      print_case(result.after);
    };
    Pass pass(state, *proving_, clock_, std::move(options));
    const Shown<Pass> shown(pass_, pass);
    const Repeater show(workplace_->executor(), redraw_interval,
                        [&] { line_.show(pass.progress()); });
    auto summary = co_await pass.run(children);
    line_.hide();
    co_return summary;
  }

  // Sends what the pass queued, and notes the pass for `status`.
  asio::awaitable<Result<void>> settle(ParentState& state, Time started,
                                       const PassSummary& summary) {
    if (options_.dry_run || is_stopped_) co_return Result<void>();
    if (options_.names.empty()) {
      const Result<void> recorded =
          store_->record_pass({.parent = state.work().settings->zone,
                               .started_at = started,
                               .ended_at = clock_.now(),
                               .revision = state.view().snapshot()->revision(),
                               .children = summary.children,
                               .outcomes = summary.outcomes,
                               .is_void = summary.void_looks > 0,
                               .void_reason = summary.void_reason});
      if (!recorded) co_return recorded;
      const Result<void> dropped = drop_old_evidence(*store_, state.work().settings->zone,
                                                     *state.work().policy, clock_.now());
      if (!dropped) co_return dropped;
      CensusTaker census(*store_, *proving_, clock_);
      const Result<void> counted = co_await census.take_if_due(state.view().snapshot());
      if (!counted) co_return counted;
    }
    Dispatcher dispatcher(state, clock_);
    const Shown<Dispatcher> shown(dispatcher_, dispatcher);
    Result<void> followed = co_await dispatcher.follow_source();
    const Dispatcher::Freshen freshen = [this, &state](std::vector<dns::Name> stale) {
      return make_fresh(state, std::move(stale));
    };
    Result<void> sent = co_await dispatcher.send_and_confirm(freshen);
    if (!sent) co_return sent;
    if (!followed) co_return followed;
    co_return what_was_held_back(state, summary);
  }

  // The pass may have taken hours: what was judged at its beginning is looked at again, and a
  // person may have stopped it meanwhile.
  asio::awaitable<Result<void>> make_fresh(ParentState& state, std::vector<dns::Name> stale) {
    Result<void> obeyed = state.obey_acts();
    if (!obeyed) co_return obeyed;
    for (dns::Name& child : state.take_to_look_at()) stale.push_back(std::move(child));
    const Result<void> read = co_await state.view().refresh();
    if (!read || stale.empty() || is_stopped_) co_return read;
    PassOptions options;
    options.is_full = true;
    options.channel = Channel::due;
    Pass pass(state, *proving_, clock_, std::move(options));
    const Shown<Pass> shown(pass_, pass);
    const std::vector<std::size_t> children = present_children(*state.view().snapshot(), stale);
    const auto summary = co_await pass.run(children);
    if (!summary) co_return tl::unexpected(summary.error());
    co_return Result<void>();
  }

  // contract.md: a scan that could not do all it was to do says so with its exit status.
  static Result<void> what_was_held_back(ParentState& state, const PassSummary& summary) {
    const std::string zone = shown_name(state.work().settings->zone);
    if (summary.void_looks > 0) {
      return fail(fmt::format("{} looks do not count: {}", summary.void_looks, summary.void_reason),
                  zone, "Mend our own network, then scan again.");
    }
    const std::vector<Change> open = state.ledger().open_changes();
    const auto stopped = std::count_if(open.begin(), open.end(), [&](const Change& change) {
      return state.breakers().find_stop(change) != nullptr;
    });
    if (stopped == 0) return {};
    return fail(fmt::format("a breaker has tripped, and {} changes wait", stopped), zone,
                "Look into it: `dskeeper status` says which, and how to let them go on.");
  }

  void print_case(const Case& value) {
    // Who asks for nothing is a number in the summary, unless it was asked for by name.
    const bool is_quiet = is_at_rest(value.outcome) && is_at_rest(value.csync.outcome);
    if (options_.json) {
      line_.hide();
      fmt::print("{}\n", case_to_contract_json(value));
    } else if (!is_quiet || !options_.names.empty()) {
      line_.hide();
      fmt::print("{}\n", shown_text(case_line(value)));
    }
  }

  // With --json the objects alone are the result, and this is beside it.
  void print_summary(const dns::Name& zone, const PassSummary& summary, Duration elapsed) const {
    std::string outcomes;
    for (const auto& [outcome, count] : summary.outcomes) {
      outcomes += fmt::format("{}{} {}", outcomes.empty() ? "" : ", ", count, outcome);
    }
    const double seconds = std::max(0.001, static_cast<double>(elapsed.count()) / 1000);
    fmt::print(options_.json ? stderr : stdout,
               "{}: {} delegations in {:.1f} s ({:.0f} a second), {} questions; {}{}\n",
               zone.text(), summary.children, seconds,
               static_cast<double>(summary.children) / seconds, workplace_->questions_sent(),
               outcomes.empty() ? "nothing looked at" : outcomes,
               is_stopped_ ? "; stopped before the end" : "");
    if (summary.put_off > 0) {
      fmt::print(stderr, "{}: {}\n", shown_name(zone), put_off_text(summary));
    }
  }

  void wait_for_signal(asio::signal_set& signals) {
    signals.async_wait([this, &signals](const boost::system::error_code& error, int) {
      if (error) return;
      // Asked twice. Nothing is lost: a killed process leaves everything as it must be.
      if (is_stopped_) std::_Exit(exit_could_not);
      stop();
      wait_for_signal(signals);
    });
  }

  void stop() {
    is_stopped_ = true;
    line_.hide();
    fmt::print(stderr,
               "Stopping: what is in flight is ended first; a second signal ends it now.\n");
    if (pass_ != nullptr) pass_->stop();
    if (dispatcher_ != nullptr) dispatcher_->stop();
    if (view_ != nullptr) view_->stop();
    // What is under way counts for nothing now; waiting for its time-outs would help nobody.
    asio::co_spawn(workplace_->executor(), workplace_->close(), rethrow);
  }

  const Configuration& configuration_;
  const ScanOptions& options_;
  SystemClock clock_;
  std::unique_ptr<store::Store> store_;
  std::optional<SignatureMemory> signatures_;
  Workplace* workplace_ = nullptr;
  Proving* proving_ = nullptr;
  Pass* pass_ = nullptr;
  Dispatcher* dispatcher_ = nullptr;
  ParentView* view_ = nullptr;
  ProgressLine line_;
  bool is_stopped_ = false;
};

// What the command is about: whole parent zones, or names of some of them.
Result<std::vector<Errand>> read_errands(const Configuration& configuration,
                                         const ScanOptions& options) {
  const ParentSettings* only = nullptr;
  if (!options.parent.empty()) {
    const auto parent = read_typed_parent(configuration, options.parent);
    if (!parent) return tl::unexpected(parent.error());
    only = *parent;
  }
  std::vector<Errand> errands;
  for (const ParentSettings& parent : configuration.parents) {
    if (only == nullptr || &parent == only) errands.push_back({&parent, {}});
  }
  for (const std::string& typed : options.names) {
    const auto child = read_typed_child(configuration, typed);
    if (!child) return tl::unexpected(child.error());
    const auto errand = std::find_if(errands.begin(), errands.end(), [&](const Errand& candidate) {
      return candidate.parent == child->parent;
    });
    if (errand == errands.end()) {
      return fail(fmt::format("{} is no child of {} but of {}", shown_name(child->name),
                              shown_name(only->zone), shown_name(child->parent->zone)),
                  "--parent");
    }
    std::vector<dns::Name>& names = errand->names;
    const bool is_new = std::find(names.begin(), names.end(), child->name) == names.end();
    if (is_new) names.push_back(child->name);
  }
  if (!options.names.empty()) {
    std::erase_if(errands, [](const Errand& errand) { return errand.names.empty(); });
  }
  return errands;
}

}  // namespace

int run_scan(const Configuration& configuration, const ScanOptions& options) {
  const auto errands = read_errands(configuration, options);
  if (!errands) return wrong_use(errands.error());
  Scan scan(configuration, options);
  const Result<void> done = scan.run(*errands);
  if (!done) return could_not(done.error());
  return scan.was_stopped() ? exit_could_not : exit_done;
}

}  // namespace dskeeper::cli
