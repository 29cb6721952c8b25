#include "net/unbound_thread.h"

#include <event2/event.h>
#include <fmt/core.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unbound-event.h>
#include <unbound.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "net/unbound_answer.h"
#include "net/unbound_settings.h"

namespace dskeeper::net {
namespace {

constexpr int class_in = 1;

struct Freer {
  void operator()(event_config* config) const { event_config_free(config); }
  void operator()(event_base* base) const { event_base_free(base); }
  void operator()(event* one) const { event_free(one); }
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
template <typename T>
using Owned = std::unique_ptr<T, Freer>;

// One thread alone uses it, at a time, so that it needs no locks.
Owned<event_base> make_base() {
  const Owned<event_config> config(event_config_new());
  if (config == nullptr) return nullptr;
  event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
  return Owned<event_base>(event_base_new_with_config(config.get()));
}

Result<void> check_files(const ResolverOptions& options) {
  for (const std::filesystem::path& file : {options.root_hints, options.trust_anchor}) {
    if (!file.empty() && access(file.c_str(), R_OK) != 0) {
      return fail("the file cannot be read", file,
                  "The resolver needs its root hints and its trust anchor.");
    }
  }
  return {};
}

// The files are read at the first question, so this is one that is answered without the network.
Result<void> read_files(ub_ctx& context, const ResolverOptions& options) {
  const Owned<std::FILE> log(std::tmpfile());
  ub_ctx_debugout(&context, log.get());
  const int error = ub_resolve_event(
      &context, "localhost.", static_cast<int>(dns::RecordType::a), class_in, nullptr,
      [](void*, int, void*, int, int, char*, int) {}, nullptr);
  ub_ctx_debugout(&context, nullptr);
  if (error == 0) return {};
  std::string text(1000, '\0');
  std::size_t octets = 0;
  if (log != nullptr) {
    std::rewind(log.get());
    octets = std::fread(text.data(), 1, text.size(), log.get());
  }
  text.resize(octets);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return fail(fmt::format("the resolver cannot be started: {} {}", ub_strerror(error), text),
              options.root_hints, "Check the files of root hints and trust anchor.");
}

}  // namespace

struct UnboundThread::State {
  // What libunbound carries through a lookup and gives back.
  struct Launched {
    State* state;
    Asked asked;
  };

  explicit State(std::function<void()> its_has_answers) : has_answers(std::move(its_has_answers)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();

  [[nodiscard]] Result<void> open(const ResolverOptions& options);
  void wake() const;

  // In the thread.
  void run();
  void take_questions() noexcept;  // likewise
  void launch(Asked&& asked);
  // Called through C, which no exception may cross.
  static void take_answer(void* its_launched, int rcode, void* packet, int octets, int security,
                          char* why_bogus, int was_ratelimited) noexcept;
  void hand_over();

  std::function<void()> has_answers;
  int waker = -1;  // an eventfd
  Owned<event_base> base;
  Owned<ub_ctx> context;
  Owned<event> on_wake;
  std::unordered_map<Launched*, std::unique_ptr<Launched>> in_flight;
  std::vector<Answered> answers;

  std::mutex mutex;  // for what follows
  std::vector<Asked> questions;
  std::vector<Answered> to_take;
  bool is_stopping = false;

  std::thread thread;
};

UnboundThread::State::~State() {
  if (thread.joinable()) {
    {
      const std::lock_guard lock(mutex);
      is_stopping = true;
    }
    wake();
    thread.join();
  }
  context.reset();  // which ends each lookup with an error
  on_wake.reset();
  base.reset();
  if (waker >= 0) ::close(waker);
}

Result<void> UnboundThread::State::open(const ResolverOptions& options) {
  if (Result<void> result = check_files(options); !result) return result;
  waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (waker < 0) return fail("no descriptor is left for the resolver");
  base = make_base();
  if (base == nullptr) return fail("libevent cannot be started");
  context.reset(ub_ctx_create_event(base.get()));
  if (context == nullptr) return fail("libunbound cannot be started");
  if (Result<void> result = configure(*context, options); !result) return result;
  if (Result<void> result = read_files(*context, options); !result) return result;
  const auto woken = [](evutil_socket_t, short, void* self) {
    static_cast<State*>(self)->take_questions();
  };
  on_wake.reset(event_new(base.get(), waker, EV_READ | EV_PERSIST, woken, this));
  if (on_wake == nullptr || event_add(on_wake.get(), nullptr) != 0) {
    return fail("libevent cannot watch a descriptor");
  }
  try {
    thread = std::thread([this] { run(); });
  } catch (const std::system_error& error) {
    return fail(fmt::format("no thread can be started for the resolver: {}", error.what()));
  }
  return {};
}

void UnboundThread::State::wake() const {
  const std::uint64_t one = 1;
  CHECK(write(waker, &one, sizeof one) == sizeof one);
}

void UnboundThread::State::run() {
  pthread_setname_np(pthread_self(), "libunbound");  // for `top` and bench/measure_signals
  bool goes_on = true;
  while (goes_on) {
    CHECK(event_base_loop(base.get(), EVLOOP_ONCE) == 0);
    hand_over();
    const std::lock_guard lock(mutex);
    goes_on = !is_stopping;
  }
}

void UnboundThread::State::take_questions() noexcept {
  std::uint64_t wakes = 0;
  CHECK(read(waker, &wakes, sizeof wakes) == sizeof wakes);
  std::vector<Asked> taken;
  {
    const std::lock_guard lock(mutex);
    if (is_stopping) return;
    taken.swap(questions);
  }
  for (Asked& one : taken) launch(std::move(one));
}

void UnboundThread::State::launch(Asked&& asked) {
  auto launched = std::make_unique<Launched>(Launched{this, std::move(asked)});
  Launched* const key = launched.get();
  const std::string name = key->asked.question.name.text();
  const auto type = static_cast<int>(key->asked.question.type);
  in_flight.emplace(key, std::move(launched));
  const int error =
      ub_resolve_event(context.get(), name.c_str(), type, class_in, key, &take_answer, nullptr);
  if (error == 0) return;
  Resolution resolution;
  resolution.status = ResolutionStatus::servfail;
  resolution.why = ub_strerror(error);
  answers.push_back({key->asked.number, std::move(resolution)});
  in_flight.erase(key);
}

void UnboundThread::State::take_answer(void* its_launched, int rcode, void* packet, int octets,
                                       int security, char* why_bogus,
                                       int /*was_ratelimited*/) noexcept {
  auto* const launched = static_cast<Launched*>(its_launched);
  State& self = *launched->state;
  const ByteView wire(static_cast<const std::uint8_t*>(packet),
                      packet == nullptr ? 0 : static_cast<std::size_t>(std::max(0, octets)));
  const UnboundAnswer answer{rcode, wire, static_cast<UnboundAnswer::Security>(security),
                             why_bogus};
  self.answers.push_back({launched->asked.number, resolution_of(launched->asked.question, answer)});
  self.in_flight.erase(launched);
}

void UnboundThread::State::hand_over() {
  if (answers.empty()) return;
  bool is_first = false;
  {
    const std::lock_guard lock(mutex);
    is_first = to_take.empty();
    std::move(answers.begin(), answers.end(), std::back_inserter(to_take));
  }
  answers.clear();
  if (is_first) has_answers();
}

Result<std::unique_ptr<UnboundThread>> UnboundThread::start(const ResolverOptions& options,
                                                            std::function<void()> has_answers) {
  auto state = std::make_unique<State>(std::move(has_answers));
  if (Result<void> result = state->open(options); !result) return pass_on(std::move(result));
  return std::unique_ptr<UnboundThread>(new UnboundThread(std::move(state)));
}

UnboundThread::UnboundThread(std::unique_ptr<State> state) : state_(std::move(state)) {}

UnboundThread::~UnboundThread() = default;

void UnboundThread::ask(std::vector<Asked> questions) {
  bool is_first = false;
  {
    const std::lock_guard lock(state_->mutex);
    is_first = state_->questions.empty();
    std::move(questions.begin(), questions.end(), std::back_inserter(state_->questions));
  }
  if (is_first) state_->wake();
}

std::vector<UnboundThread::Answered> UnboundThread::take_answers() {
  const std::lock_guard lock(state_->mutex);
  return std::exchange(state_->to_take, {});
}

}  // namespace dskeeper::net
