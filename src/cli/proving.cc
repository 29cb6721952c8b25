#include "cli/proving.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "net/signal.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Lives in the coroutine that waits for it.
struct Job {
  Proving::Work work;
  std::exception_ptr thrown;
  net::Signal done;

  void run(dns::Verifier& verifier) {
    try {
      work(verifier);
    } catch (...) {
      thrown = std::current_exception();
    }
  }
};

}  // namespace

struct Proving::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& its_executor,
        std::shared_ptr<dns::VerifiedSignatures> its_known, unsigned its_threads_max)
      : executor(its_executor),
        known(std::move(its_known)),
        threads_max(its_threads_max),
        own(known) {}

  void begin_thread();
  void submit(Job& job);
  void work();
  void resume();
  void close();

  asio::any_io_executor executor;
  std::shared_ptr<dns::VerifiedSignatures> known;
  unsigned threads_max;

  // Of the executor's thread.
  dns::Verifier own;
  std::vector<std::thread> threads;
  std::size_t unfinished = 0;
  std::optional<asio::any_io_executor> kept_alive;  // while somebody waits for a thread

  std::mutex mutex;
  std::condition_variable has_work;
  // All below belong to the mutex.
  std::deque<Job*> waiting;
  std::vector<Job*> finished;
  std::size_t idle = 0;
  bool is_resuming = false;  // a call of resume() is on its way
  bool is_closed = false;
};

// Another thread, where there is too little of them. The system may not give one (a limit of the
// container): then those that are there must do.
void Proving::State::begin_thread() {
  bool is_short_of_threads = false;
  {
    const std::scoped_lock lock(mutex);
    is_short_of_threads = idle <= waiting.size() && threads.size() < threads_max;
  }
  if (!is_short_of_threads) return;
  try {
    threads.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    threads_max = static_cast<unsigned>(threads.size());
  }
}

void Proving::State::submit(Job& job) {
  if (unfinished++ == 0) {
    kept_alive.emplace(asio::prefer(executor, asio::execution::outstanding_work_t::tracked));
  }
  {
    const std::scoped_lock lock(mutex);
    waiting.push_back(&job);
  }
  has_work.notify_one();
}

// One thread's life.
void Proving::State::work() {
  dns::Verifier verifier(known);
  std::unique_lock lock(mutex);
  while (!is_closed) {
    if (waiting.empty()) {
      ++idle;
      has_work.wait(lock);
      --idle;
      continue;
    }
    Job& job = *waiting.front();
    waiting.pop_front();
    lock.unlock();
    job.run(verifier);
    lock.lock();
    finished.push_back(&job);
    // Those that are finished meanwhile go with this one.
    if (!std::exchange(is_resuming, true)) {
      asio::post(executor, [self = shared_from_this()] { self->resume(); });
    }
  }
}

void Proving::State::resume() {
  std::vector<Job*> ready;
  {
    const std::scoped_lock lock(mutex);
    is_resuming = false;
    ready.swap(finished);
  }
  unfinished -= ready.size();
  if (unfinished == 0) kept_alive.reset();
  for (Job* const job : ready) job->done.fire();
}

void Proving::State::close() {
  {
    const std::scoped_lock lock(mutex);
    is_closed = true;
  }
  has_work.notify_all();
  for (std::thread& thread : threads) thread.join();
  kept_alive.reset();
  std::vector<Job*> left(waiting.begin(), waiting.end());
  left.insert(left.end(), finished.begin(), finished.end());
  waiting.clear();
  finished.clear();
  for (Job* const job : left) job->done.abandon();
}

Proving::Proving(const asio::any_io_executor& executor,
                 std::shared_ptr<dns::VerifiedSignatures> known, unsigned threads_max)
    : state_(std::make_shared<State>(executor, std::move(known), threads_max)) {}

Proving::~Proving() {
  state_->close();
}

unsigned Proving::cores() {
  return std::max(1U, std::thread::hardware_concurrency());
}

dns::Verifier& Proving::here() {
  return state_->own;
}

asio::awaitable<void> Proving::run(Work work) {
  Job job{std::move(work), {}, {}};
  if (state_->threads_max > 1) state_->begin_thread();
  if (state_->threads.empty()) {
    job.run(state_->own);
  } else {
    state_->submit(job);
    co_await job.done.wait();
  }
  if (job.thrown) std::rethrow_exception(job.thrown);
}

}  // namespace dskeeper::cli
