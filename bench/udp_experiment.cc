// An experiment: what does a question over UDP cost with each way that Linux has to send and
// receive datagrams? The pattern is that of src/net/udp_pool: so many questions in flight over so
// many sockets on random ports, each answer followed by the next question.
//
//   udp_experiment [--questions N] [--rounds R] [--in-flight F] [--sockets S]
//
// A process of its own answers on loopback; counted is the CPU of the asking process alone. The
// ways take turns, and the median of the rounds is printed as a table for docs/performance.md.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/check.h"
#include "uring.h"

namespace dskeeper::bench {
namespace {

constexpr std::size_t question_octets = 60;
constexpr std::size_t answer_octets = 150;
constexpr std::size_t batch_max = 16;  // as udp_batch_max
constexpr std::size_t datagram_octets_max = 4096;

struct Plan {
  std::size_t questions = 400'000;
  std::size_t rounds = 5;
  std::size_t in_flight = 1000;
  std::size_t sockets = 128;
};

using Octets = std::array<std::uint8_t, datagram_octets_max>;

int open_socket() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  CHECK(socket >= 0);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(socket, reinterpret_cast<sockaddr*>(&local), sizeof local) == 0);
  return socket;
}

// Messages of a batch, with their addresses and room for the octets.
struct Batch {
  std::array<mmsghdr, batch_max> headers{};
  std::array<iovec, batch_max> vectors{};
  std::array<sockaddr_in, batch_max> addresses{};
  std::array<Octets, batch_max> octets{};

  void prepare(std::size_t at, std::size_t count) {
    vectors.at(at) = {octets.at(at).data(), count};
    msghdr& header = headers.at(at).msg_hdr;
    header.msg_name = &addresses.at(at);
    header.msg_namelen = sizeof(sockaddr_in);
    header.msg_iov = &vectors.at(at);
    header.msg_iovlen = 1;
  }
};

// Never returns: ends with its parent.
[[noreturn]] void answer_forever(int socket) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  static Batch batch;
  const int flags = fcntl(socket, F_GETFL);
  fcntl(socket, F_SETFL, flags & ~O_NONBLOCK);
  for (;;) {
    for (std::size_t at = 0; at < batch_max; ++at) batch.prepare(at, datagram_octets_max);
    const int count = recvmmsg(socket, batch.headers.data(), batch_max, MSG_WAITFORONE, nullptr);
    for (int at = 0; at < count; ++at) {
      batch.prepare(static_cast<std::size_t>(at), answer_octets);
    }
    for (int done = 0; done < count;) {
      done += std::max(1, sendmmsg(socket, &batch.headers.at(static_cast<std::size_t>(done)),
                                   static_cast<unsigned>(count - done), 0));
    }
  }
}

// Who asks: the sockets, and how many questions are still to be asked and answered.
class Asker {
 public:
  Asker(const Plan& plan, const sockaddr_in& server)
      : plan_(plan), server_(server), to_ask_(plan.questions), to_come_(plan.questions) {
    for (std::size_t at = 0; at < plan.sockets; ++at) sockets_.push_back(open_socket());
    for (std::size_t at = 0; at < question_octets; ++at) {
      question_.at(at) = static_cast<std::uint8_t>(at);
    }
  }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;
  virtual ~Asker() {
    for (const int socket : sockets_) close(socket);
  }
  virtual void run() = 0;

 protected:
  [[nodiscard]] int random_socket() { return sockets_[random_() % sockets_.size()]; }
  // How many questions may go now.
  [[nodiscard]] std::size_t room() const {
    return std::min(to_ask_, plan_.in_flight - (to_come_ - to_ask_));
  }

  Plan plan_;
  sockaddr_in server_;
  std::size_t to_ask_;
  std::size_t to_come_;
  std::vector<int> sockets_;
  std::mt19937 random_{1};
  Octets question_{};
};

// Readiness by epoll; subclasses send and receive.
class PolledAsker : public Asker {
 public:
  PolledAsker(const Plan& plan, const sockaddr_in& server)
      : Asker(plan, server), poller_(epoll_create1(EPOLL_CLOEXEC)) {
    for (const int socket : sockets_) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = socket;
      CHECK(epoll_ctl(poller_, EPOLL_CTL_ADD, socket, &event) == 0);
    }
  }
  ~PolledAsker() override { close(poller_); }

  void run() override {
    std::array<epoll_event, 256> events{};
    send_all();
    while (to_come_ > 0) {
      const int count = epoll_wait(poller_, events.data(), events.size(), 1000);
      CHECK(count > 0);
      for (int at = 0; at < count; ++at) receive(events.at(static_cast<std::size_t>(at)).data.fd);
      send_all();
    }
  }

 private:
  virtual void send_all() = 0;
  virtual void receive(int socket) = 0;

  int poller_;
};

class OneByOne final : public PolledAsker {
 public:
  using PolledAsker::PolledAsker;

 private:
  void send_all() override {
    for (std::size_t left = room(); left > 0; --left) {
      const auto sent = sendto(random_socket(), question_.data(), question_octets, MSG_DONTWAIT,
                               reinterpret_cast<const sockaddr*>(&server_), sizeof server_);
      if (sent < 0) return;
      --to_ask_;
    }
  }

  void receive(int socket) override {
    sockaddr_in from{};
    for (;;) {
      socklen_t length = sizeof from;
      const auto octets = recvfrom(socket, answer_.data(), answer_.size(), MSG_DONTWAIT,
                                   reinterpret_cast<sockaddr*>(&from), &length);
      if (octets < 0) return;
      --to_come_;
    }
  }

  Octets answer_{};
};

class InBatches final : public PolledAsker {
 public:
  using PolledAsker::PolledAsker;

 private:
  void send_all() override {
    for (std::size_t left = room(); left > 0;) {
      const std::size_t count = std::min(left, batch_max);
      for (std::size_t at = 0; at < count; ++at) {
        std::copy_n(question_.begin(), question_octets, batch_.octets.at(at).begin());
        batch_.addresses.at(at) = server_;
        batch_.prepare(at, question_octets);
      }
      const int sent = sendmmsg(random_socket(), batch_.headers.data(),
                                static_cast<unsigned>(count), MSG_DONTWAIT);
      if (sent <= 0) return;
      to_ask_ -= static_cast<std::size_t>(sent);
      left -= static_cast<std::size_t>(sent);
    }
  }

  void receive(int socket) override {
    for (std::size_t at = 0; at < batch_max; ++at) batch_.prepare(at, datagram_octets_max);
    const int count = recvmmsg(socket, batch_.headers.data(), batch_max, MSG_DONTWAIT, nullptr);
    if (count > 0) to_come_ -= static_cast<std::size_t>(count);
  }

  Batch batch_;
};

// Everything through one ring: receiving that goes on by itself into provided buffers, sending by
// as many entries as there is room for, one system call for both.
class Ringed final : public Asker {
 public:
  Ringed(const Plan& plan, const sockaddr_in& server)
      : Asker(plan, server), ring_(entries), slots_(plan.in_flight) {
    if (!is_possible()) return;
    ring_.provide(buffers, datagram_octets_max);
    receiving_.msg_namelen = sizeof(sockaddr_in);
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) free_.push_back(slot);
  }

  [[nodiscard]] bool is_possible() const { return ring_.is_open(); }

  void run() override {
    for (std::uint32_t at = 0; at < sockets_.size(); ++at) receive_on(at);
    while (to_come_ > 0) {
      send_all();
      ring_.submit(1);
      ring_.reap([this](const io_uring_cqe& event) { completed(event); });
    }
  }

 private:
  static constexpr unsigned entries = 2048;
  static constexpr unsigned buffers = 2048;
  static constexpr std::uint64_t of_receiving = std::uint64_t{1} << 32U;

  struct Slot {
    msghdr header{};
    iovec vector{};
  };

  void receive_on(std::uint32_t at) {
    io_uring_sqe& entry = ring_.next();
    entry.opcode = IORING_OP_RECVMSG;
    entry.fd = sockets_[at];
    entry.addr = reinterpret_cast<std::uint64_t>(&receiving_);
    entry.len = 1;
    entry.ioprio = IORING_RECV_MULTISHOT;
    entry.flags = IOSQE_BUFFER_SELECT;
    entry.user_data = of_receiving | at;
  }

  void send_all() {
    for (std::size_t left = std::min(room(), free_.size()); left > 0; --left) {
      const std::uint32_t number = free_.back();
      free_.pop_back();
      Slot& slot = slots_[number];
      slot.vector = {question_.data(), question_octets};
      slot.header.msg_name = &server_;
      slot.header.msg_namelen = sizeof server_;
      slot.header.msg_iov = &slot.vector;
      slot.header.msg_iovlen = 1;
      io_uring_sqe& entry = ring_.next();
      entry.opcode = IORING_OP_SENDMSG;
      entry.fd = random_socket();
      entry.addr = reinterpret_cast<std::uint64_t>(&slot.header);
      entry.len = 1;
      entry.user_data = number;
      --to_ask_;
    }
  }

  void completed(const io_uring_cqe& event) {
    if ((event.user_data & of_receiving) == 0) {
      CHECK(event.res == static_cast<int>(question_octets));
      free_.push_back(static_cast<std::uint32_t>(event.user_data));
      return;
    }
    if ((event.flags & IORING_CQE_F_BUFFER) != 0) {
      ring_.give_back(event.flags >> static_cast<unsigned>(IORING_CQE_BUFFER_SHIFT));
      if (event.res > 0) --to_come_;
    }
    if ((event.flags & IORING_CQE_F_MORE) == 0) {
      receive_on(static_cast<std::uint32_t>(event.user_data));
    }
  }

  Ring ring_;
  msghdr receiving_{};
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

struct Cost {
  double user = 0;  // microseconds a question, as the other one
  double system = 0;
  [[nodiscard]] double sum() const { return user + system; }
};

double microseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
}

Cost measure(Asker& asker, std::size_t questions) {
  rusage before{};
  rusage after{};
  getrusage(RUSAGE_SELF, &before);
  asker.run();
  getrusage(RUSAGE_SELF, &after);
  const auto count = static_cast<double>(questions);
  return {(microseconds(after.ru_utime) - microseconds(before.ru_utime)) / count,
          (microseconds(after.ru_stime) - microseconds(before.ru_stime)) / count};
}

struct Way {
  std::string name;
  std::function<std::optional<Cost>()> run;
  std::vector<Cost> costs;

  [[nodiscard]] Cost median() {
    std::sort(costs.begin(), costs.end(),
              [](const Cost& one, const Cost& other) { return one.sum() < other.sum(); });
    return costs.at(costs.size() / 2);
  }
};

template <typename Kind>
std::optional<Cost> cost_of(const Plan& plan, const sockaddr_in& server) {
  Kind asker(plan, server);
  if constexpr (requires { asker.is_possible(); }) {
    if (!asker.is_possible()) return std::nullopt;
  }
  return measure(asker, plan.questions);
}

void run(const Plan& plan) {
  const int answering = open_socket();
  const int room = 1 << 22;
  // What is dropped would never be answered: needs CAP_NET_ADMIN.
  CHECK(setsockopt(answering, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) == 0);
  sockaddr_in server{};
  socklen_t length = sizeof server;
  CHECK(getsockname(answering, reinterpret_cast<sockaddr*>(&server), &length) == 0);
  const pid_t answerer = fork();
  CHECK(answerer >= 0);
  if (answerer == 0) answer_forever(answering);

  std::vector<Way> ways = {
      {"sendto, recvfrom", [&] { return cost_of<OneByOne>(plan, server); }, {}},
      {"sendmmsg, recvmmsg", [&] { return cost_of<InBatches>(plan, server); }, {}},
      {"io_uring", [&] { return cost_of<Ringed>(plan, server); }, {}},
  };
  for (std::size_t round = 0; round < plan.rounds; ++round) {
    for (Way& way : ways) {
      if (const auto cost = way.run()) way.costs.push_back(*cost);
    }
  }
  kill(answerer, SIGKILL);
  const double unit = ways[1].median().sum();
  fmt::print("| way | user | system | CPU a question | to sendmmsg |\n|---|---|---|---|---|\n");
  for (Way& way : ways) {
    if (way.costs.empty()) {
      fmt::print("| {} | not to be had here | | | |\n", way.name);
      continue;
    }
    const Cost cost = way.median();
    fmt::print("| {} | {:.2f} µs | {:.2f} µs | {:.2f} µs | {:.2f} |\n", way.name, cost.user,
               cost.system, cost.sum(), cost.sum() / unit);
  }
}

}  // namespace
}  // namespace dskeeper::bench

int main(int count, char** words) {
  CLI::App app("What a question over UDP costs with each way to send and receive datagrams");
  dskeeper::bench::Plan plan;
  app.add_option("--questions", plan.questions, "a round")->check(CLI::PositiveNumber);
  app.add_option("--rounds", plan.rounds)->check(CLI::PositiveNumber);
  app.add_option("--in-flight", plan.in_flight)->check(CLI::PositiveNumber);
  app.add_option("--sockets", plan.sockets)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, count, words);
  dskeeper::bench::run(plan);
  return 0;
}
