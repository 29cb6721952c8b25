#include "net/unbound_context.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/unbound_thread.h"

namespace dskeeper::net {

struct UnboundContext::State : std::enable_shared_from_this<UnboundContext::State> {
  State(const boost::asio::any_io_executor& its_executor, std::function<void()> its_after_results)
      : executor(its_executor), work(its_executor), after_results(std::move(its_after_results)) {}

  [[nodiscard]] Result<void> open(const ResolverOptions& options);
  void launch(const dns::Name& name, dns::RecordType type, Done done);
  void hand_over();
  void take_answers();

  boost::asio::any_io_executor executor;
  boost::asio::executor_work_guard<boost::asio::any_io_executor> work;
  std::function<void()> after_results;
  std::unordered_map<std::uint64_t, Done> in_flight;
  std::uint64_t last_number = 0;
  std::vector<UnboundThread::Asked> to_ask;
  std::unique_ptr<UnboundThread> thread;  // none: closed
};

Result<void> UnboundContext::State::open(const ResolverOptions& options) {
  auto started = UnboundThread::start(options, [executor = executor, weak = weak_from_this()] {
    boost::asio::post(executor, [weak] {
      if (const std::shared_ptr<State> self = weak.lock()) self->take_answers();
    });
  });
  if (!started) return pass_on(std::move(started));
  thread = *std::move(started);
  return {};
}

// Handed over together with what else is asked before the executor comes to it.
void UnboundContext::State::launch(const dns::Name& name, dns::RecordType type, Done done) {
  in_flight.emplace(++last_number, std::move(done));
  to_ask.push_back({last_number, {name, type}});
  if (to_ask.size() > 1) return;
  boost::asio::post(executor, [weak = weak_from_this()] {
    if (const std::shared_ptr<State> self = weak.lock()) self->hand_over();
  });
}

void UnboundContext::State::hand_over() {
  std::vector<UnboundThread::Asked> questions = std::exchange(to_ask, {});
  if (thread != nullptr) thread->ask(std::move(questions));
}

void UnboundContext::State::take_answers() {
  if (thread == nullptr) return;
  for (UnboundThread::Answered& answered : thread->take_answers()) {
    auto asked = in_flight.extract(answered.number);
    asked.mapped()(std::move(answered.resolution));
    if (thread == nullptr) return;
  }
  after_results();
}

Result<std::unique_ptr<UnboundContext>> UnboundContext::open(
    const boost::asio::any_io_executor& executor, const ResolverOptions& options,
    std::function<void()> after_results) {
  auto state = std::make_shared<State>(executor, std::move(after_results));
  if (Result<void> result = state->open(options); !result) return pass_on(std::move(result));
  return std::unique_ptr<UnboundContext>(new UnboundContext(std::move(state)));
}

UnboundContext::UnboundContext(std::shared_ptr<State> state) : state_(std::move(state)) {}

UnboundContext::~UnboundContext() {
  close();
}

void UnboundContext::resolve(const dns::Name& name, dns::RecordType type, Done done) {
  state_->launch(name, type, std::move(done));
}

std::size_t UnboundContext::in_flight() const {
  return state_->in_flight.size();
}

void UnboundContext::close() {
  state_->thread.reset();
  state_->work.reset();
}

}  // namespace dskeeper::net
