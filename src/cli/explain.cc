// `dskeeper explain NAME`: one child, now, in full, step by step. Writes nothing.
#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

#include "cli/case_text.h"
#include "cli/commands.h"
#include "cli/explain_text.h"
#include "cli/parent_state.h"
#include "cli/pass.h"
#include "cli/proving.h"
#include "cli/selection.h"
#include "cli/shown_text.h"
#include "cli/typed_child.h"
#include "cli/workplace.h"
#include "model/json.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// The store as it is; null where there is none yet, which is no error here.
Result<std::unique_ptr<store::Store>> open_memory(const std::string& url) {
  auto is_there = store::store_exists(url);
  if (!is_there) return pass_on(std::move(is_there));
  if (!*is_there) return std::unique_ptr<store::Store>();
  return store::open_store(url, store::Access::read_only);
}

class Explanation {
 public:
  Explanation(const Configuration& configuration, dns::Name child, bool json)
      : configuration_(configuration), child_(std::move(child)), json_(json) {}

  Result<void> run(const ParentSettings& settings) {
    auto store = open_memory(configuration_.store.url);
    if (!store) return pass_on(std::move(store));
    has_memory_ = *store != nullptr;
    if (has_memory_ && !json_) {
      auto pending = pending_text(**store, settings.zone, child_);
      if (!pending) return pass_on(std::move(pending));
      pending_ = *std::move(pending);
    }

    asio::io_context context;
    auto workplace = Workplace::make(context.get_executor(), configuration_, clock_);
    if (!workplace) return pass_on(std::move(workplace));
    auto state = ParentState::load(*(*workplace)->find(settings.zone), store->get(),
                                   context.get_executor(), clock_);
    if (!state) return pass_on(std::move(state));
    // Nothing is remembered: an explanation must hold by itself.
    Proving proving(context.get_executor(), std::make_shared<dns::VerifiedSignatures>());
    proving_ = &proving;
    Result<void> result;
    asio::co_spawn(context, look(**workplace, **state, result), rethrow);
    context.run();
    return result;
  }

 private:
  static void rethrow(const std::exception_ptr& exception) {
    if (exception) std::rethrow_exception(exception);
  }

  asio::awaitable<void> look(Workplace& workplace, ParentState& state, Result<void>& result) {
    result = co_await look_at_child(state);
    co_await workplace.close();
  }

  asio::awaitable<Result<void>> look_at_child(ParentState& state) {
    const Result<void> read = co_await state.view().read();
    if (!read) co_return read;
    const auto children = named_children(*state.view().snapshot(), {child_});
    if (!children) co_return tl::unexpected(children.error());
    PassOptions options;
    options.is_dry_run = true;
    options.is_full = true;
    options.on_look = [this](const Delegation& delegation, const LookResult& result) {
      fmt::print("{}", json_
                           ? case_to_contract_json(result.after) + "\n"
                           : shown_text(explain_text(delegation, result, has_memory_) + pending_));
    };
    Pass pass(state, *proving_, clock_, std::move(options));
    const auto done = co_await pass.run(*children);
    if (!done) co_return tl::unexpected(done.error());
    co_return Result<void>();
  }

  const Configuration& configuration_;
  dns::Name child_;
  bool json_;
  bool has_memory_ = false;
  std::string pending_;  // acts
  SystemClock clock_;
  Proving* proving_ = nullptr;
};

}  // namespace

int run_explain(const Configuration& configuration, const std::string& name, bool json) {
  const auto child = read_typed_child(configuration, name);
  if (!child) return wrong_use(child.error());
  const Result<void> done = Explanation(configuration, child->name, json).run(*child->parent);
  return done ? exit_done : could_not(done.error());
}

}  // namespace dskeeper::cli
