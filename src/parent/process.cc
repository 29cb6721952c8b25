#include "parent/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
// glibc 2.36 declares these without extern "C".
extern "C" {
#include <sys/pidfd.h>
}
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "base/check.h"

namespace dskeeper::parent {
namespace {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

// What a program may see of our environment, where secrets can stand (contract.md, "…-env").
constexpr std::array<const char*, 7> passed_on = {"HOME",   "LANG", "LC_ALL", "PATH",
                                                  "TMPDIR", "TZ",   "USER"};

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  void reset(int fd) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

// The input as a file in memory: no writing that could block, no SIGPIPE when nobody reads it.
bool make_input(const std::string& text, Fd& input) {
  input.reset(memfd_create("change", MFD_CLOEXEC));
  if (input.get() < 0) return false;
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = write(input.get(), text.data() + done, text.size() - done);
    if (written <= 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return lseek(input.get(), 0, SEEK_SET) == 0;
}

// posix_spawn's two tables, freed with the scope.
struct SpawnTables {
  SpawnTables() {
    CHECK(posix_spawn_file_actions_init(&actions) == 0);
    CHECK(posix_spawnattr_init(&attributes) == 0);
  }
  SpawnTables(const SpawnTables&) = delete;
  SpawnTables& operator=(const SpawnTables&) = delete;
  ~SpawnTables() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

// Standard input, output and error as wanted, no other descriptor, no blocked or ignored signal.
void prepare(SpawnTables& tables, int input, int error) {
  CHECK(posix_spawn_file_actions_adddup2(&tables.actions, input, STDIN_FILENO) == 0);
  CHECK(posix_spawn_file_actions_adddup2(&tables.actions, error, STDERR_FILENO) == 0);
  CHECK(posix_spawn_file_actions_addopen(&tables.actions, STDOUT_FILENO, "/dev/null", O_WRONLY,
                                         0) == 0);
  CHECK(posix_spawn_file_actions_addclosefrom_np(&tables.actions, STDERR_FILENO + 1) == 0);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  CHECK(posix_spawnattr_setsigmask(&tables.attributes, &none) == 0);
  CHECK(posix_spawnattr_setsigdefault(&tables.attributes, &all) == 0);
  CHECK(posix_spawnattr_setflags(&tables.attributes,
                                 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0);
}

std::vector<std::string> environment() {
  std::vector<std::string> variables;
  for (const char* name : passed_on) {
    const char* value = std::getenv(name);
    if (value != nullptr) variables.push_back(std::string(name) + "=" + value);
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& string : strings) out.push_back(string.data());
  out.push_back(nullptr);
  return out;
}

// Gives 0 or errno.
int start(std::vector<std::string> argv, int input, int error, pid_t& pid) {
  SpawnTables tables;
  prepare(tables, input, error);
  std::vector<std::string> variables = environment();
  return posix_spawnp(&pid, argv[0].c_str(), &tables.actions, &tables.attributes,
                      pointers(argv).data(), pointers(variables).data());
}

// No descriptor is left to watch the program with. It runs already, and what it did nobody knows.
ProcessResult end_unwatched(pid_t pid) {
  const std::string why = std::string("it cannot be watched: ") + std::strerror(errno);
  ::kill(pid, SIGKILL);
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED) != 0) CHECK(errno == EINTR);
  return {ProcessEnd::killed, SIGKILL, why};
}

// A running program. Handlers hold it, since they may run after the coroutine has gone on.
class Process : public std::enable_shared_from_this<Process> {
 public:
  Process(const asio::any_io_executor& executor, pid_t pid, int pidfd, int error)
      : pid_(pid), ended_(executor, pidfd), error_(executor, error), timer_(executor) {}

  void watch(Duration timeout) {
    timer_.expires_after(timeout);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (error || !self->is_running_) return;
      self->has_timed_out_ = true;
      self->kill();
    });
    drain();
  }

  [[nodiscard]] stream_descriptor& ended() { return ended_; }

  void kill() {
    // By pidfd, so that it can never be another process.
    pidfd_send_signal(ended_.native_handle(), SIGKILL, nullptr, 0);
  }

  // To be called when `ended` is readable, or after kill(). By pid, which is the program's until it
  // is waited for: Asio has made the pidfd non-blocking, and it would not wait.
  ProcessResult finish() {
    is_running_ = false;
    siginfo_t info{};
    while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0) CHECK(errno == EINTR);
    take_what_is_there();
    close();
    ProcessResult result;
    result.end = has_timed_out_               ? ProcessEnd::timed_out
                 : info.si_code == CLD_EXITED ? ProcessEnd::exited
                                              : ProcessEnd::killed;
    result.code = info.si_status;
    result.error_line = first_line();
    return result;
  }

  void close() {
    boost::system::error_code ignored;
    timer_.cancel(ignored);
    ended_.close(ignored);
    error_.close(ignored);
  }

 private:
  // Reads until the end, so that a program with much to say is not held up; keeps the first line.
  void drain() {
    error_.async_wait(stream_descriptor::wait_read,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                        if (!error && self->is_running_ && self->take_what_is_there())
                          self->drain();
                      });
  }

  // False at the end of the stream.
  bool take_what_is_there() {
    std::array<char, 4096> chunk{};
    for (int rounds = 0; rounds < 16; ++rounds) {
      const ssize_t octets = read(error_.native_handle(), chunk.data(), chunk.size());
      if (octets == 0) return false;
      if (octets < 0) return errno == EAGAIN || errno == EINTR;
      const std::size_t room = error_line_octets_max - said_.size();
      said_.append(chunk.data(), std::min(room, static_cast<std::size_t>(octets)));
    }
    return true;
  }

  [[nodiscard]] std::string first_line() const {
    std::string line = said_.substr(0, said_.find('\n'));
    for (char& c : line) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    }
    return line;
  }

  pid_t pid_;
  stream_descriptor ended_;
  stream_descriptor error_;
  asio::steady_timer timer_;
  std::string said_;
  bool is_running_ = true;
  bool has_timed_out_ = false;
};

// Kills and reaps the program when the coroutine is cancelled or destroyed before its end.
class Guard {
 public:
  explicit Guard(std::shared_ptr<Process> process) : process_(std::move(process)) {}
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() {
    if (!process_) return;
    process_->kill();
    process_->finish();
  }
  ProcessResult finish() { return std::exchange(process_, nullptr)->finish(); }

 private:
  std::shared_ptr<Process> process_;
};

}  // namespace

asio::awaitable<ProcessResult> run_process(std::vector<std::string> argv, std::string input,
                                           Duration timeout) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  CHECK(!argv.empty());
  Fd input_fd;
  std::array<int, 2> error_pipe = {-1, -1};
  if (!make_input(input, input_fd) || pipe2(error_pipe.data(), O_CLOEXEC) != 0) {
    co_return ProcessResult{ProcessEnd::not_started, errno, {}};
  }
  Fd error_out(error_pipe[0]);
  Fd error_in(error_pipe[1]);
  pid_t pid = 0;
  const int failure = start(std::move(argv), input_fd.get(), error_in.get(), pid);
  error_in.reset(-1);
  if (failure != 0) co_return ProcessResult{ProcessEnd::not_started, failure, {}};
  const int pidfd = pidfd_open(pid, 0);
  if (pidfd < 0) co_return end_unwatched(pid);
  CHECK(fcntl(error_out.get(), F_SETFL, O_NONBLOCK) == 0);

  auto process = std::make_shared<Process>(executor, pid, pidfd, error_out.release());
  Guard guard(process);
  process->watch(timeout);
  constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  const auto [error] =
      co_await process->ended().async_wait(stream_descriptor::wait_read, as_result);
  if (error) co_return ProcessResult{ProcessEnd::timed_out, 0, {}};  // cancelled; the guard kills
  co_return guard.finish();
}

}  // namespace dskeeper::parent
