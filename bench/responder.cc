#include "responder.h"

#include <sys/signalfd.h>

#include <array>
#include <csignal>

#include "base/check.h"

namespace dskeeper::bench {
namespace {

constexpr std::size_t events_max = 256;

Descriptor take_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGTERM);
  CHECK(sigprocmask(SIG_BLOCK, &signals, nullptr) == 0);
  return Descriptor(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

void watch(int epoll, int descriptor, EventSource source) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(source);
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0);
}

Result<SilentDoors> close_dead_servers(const World& world, const Weather& weather) {
  SilentDoors doors;
  for (std::size_t index = 0; index < world.operator_count(); ++index) {
    for (std::size_t server = 0; server < servers_per_operator; ++server) {
      if (!is_dead(weather, {index, server})) continue;
      const IpAddress address = IpAddress::v4(World::server_address({index, server}));
      auto added = doors.add(address);
      if (!added) return pass_on(std::move(added));
    }
  }
  return doors;
}

}  // namespace

Result<Responder> Responder::open(const World& world, Service& service) {
  Descriptor signals = take_signals();
  Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  CHECK(epoll.is_open() && signals.is_open());
  auto silent = close_dead_servers(world, service.weather());
  if (!silent) return pass_on(std::move(silent));
  auto udp = UdpDoor::open(service);
  if (!udp) return pass_on(std::move(udp));
  auto tcp = TcpDoor::open(service, epoll.get());
  if (!tcp) return pass_on(std::move(tcp));
  watch(epoll.get(), udp->socket(), EventSource::udp);
  watch(epoll.get(), signals.get(), EventSource::signal);
  return Responder(std::move(epoll), std::move(signals), *std::move(udp), *std::move(tcp),
                   *std::move(silent));
}

std::size_t Responder::wait(std::span<epoll_event> events) const {
  std::optional<Moment> due = udp_.next_due();
  if (const auto other = tcp_.next_due()) due = due ? std::min(*due, *other) : *other;
  timespec timeout{};
  if (due) {
    const auto left = std::max(Moment::duration::zero(), *due - std::chrono::steady_clock::now());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    timeout.tv_sec = seconds.count();
    timeout.tv_nsec = std::chrono::nanoseconds(left - seconds).count();
  }
  const int count = epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 due ? &timeout : nullptr, nullptr);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

bool Responder::take_signal(const std::function<void()>& report) const {
  signalfd_siginfo signal{};
  while (read(signals_.get(), &signal, sizeof(signal)) == sizeof(signal)) {
    if (signal.ssi_signo == SIGTERM) return false;
    report();
  }
  return true;
}

void Responder::run(const std::function<void()>& report) {
  std::array<epoll_event, events_max> events{};
  for (;;) {
    const std::size_t count = wait(events);
    const Moment now = std::chrono::steady_clock::now();
    for (const epoll_event& event : std::span(events).first(count)) {
      switch (static_cast<EventSource>(event.data.u64)) {
        case EventSource::udp:
          udp_.receive(now);
          break;
        case EventSource::tcp_listener:
          tcp_.accept(now);
          break;
        case EventSource::signal:
          if (!take_signal(report)) return;
          break;
        case EventSource::first_connection:
        default:
          tcp_.ready(event.data.u64, event.events, now);
          break;
      }
    }
    udp_.send_due(now);
    tcp_.send_due(now);
  }
}

}  // namespace dskeeper::bench
