#include "child/notify_sender.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "child/notify_message.h"
#include "net/exchange.h"

namespace dskeeper::child {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t datagram_octets_max = 4096;

udp::endpoint to_asio(const Endpoint& endpoint) {
  const ByteView octets = endpoint.address.octets();
  if (endpoint.address.is_v4()) {
    asio::ip::address_v4::bytes_type bytes{};
    std::copy(octets.begin(), octets.end(), bytes.begin());
    return {asio::ip::address_v4(bytes), endpoint.port};
  }
  asio::ip::address_v6::bytes_type bytes{};
  std::copy(octets.begin(), octets.end(), bytes.begin());
  return {asio::ip::address_v6(bytes), endpoint.port};
}

// One address of the target. Its socket stays open through all rounds: a late answer is one too.
struct Target {
  Target(const asio::any_io_executor& executor, const Endpoint& to)
      : endpoint(to), socket(executor) {}

  Endpoint endpoint;
  udp::socket socket;
  std::uint16_t id = net::random_message_id();
  SteadyTime sent_at{};
  std::string trouble;  // it is left out from now on
};

// Shared by the coroutines that wait for answers, which may end later than the sending.
struct Sending {
  Sending(const asio::any_io_executor& its_executor, NotifyOptions its_options)
      : executor(its_executor), options(std::move(its_options)), alarm(its_executor) {}

  [[nodiscard]] bool is_over() const {
    return result.rcode.has_value() ||
           std::ranges::all_of(targets, [](const auto& one) { return !one->trouble.empty(); });
  }

  void leave_out(Target& target, const std::string& trouble) {
    target.trouble = trouble;
    boost::system::error_code ignored;
    target.socket.close(ignored);
    alarm.cancel();
  }

  void answered(const Target& target, dns::Rcode rcode) {
    if (result.rcode) return;
    result.rcode = rcode;
    result.from = target.endpoint;
    result.round_trip =
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - target.sent_at);
    alarm.cancel();
  }

  asio::any_io_executor executor;
  NotifyOptions options;
  asio::steady_timer alarm;
  std::vector<std::unique_ptr<Target>> targets;
  NotifyResult result;
};

// Until the socket is closed. A connected socket hears only the address and port it sends to.
asio::awaitable<void> listen(std::shared_ptr<Sending> sending, Target& target) {
  std::array<std::uint8_t, datagram_octets_max> octets{};
  while (target.socket.is_open()) {
    auto [error, size] = co_await target.socket.async_receive(asio::buffer(octets), as_result);
    if (error == asio::error::operation_aborted || !target.socket.is_open()) co_return;
    if (error) {  // ICMP port unreachable, mostly
      sending->leave_out(target, error.message());
      co_return;
    }
    const ByteView datagram(octets.data(), size);
    const auto rcode = read_notify_answer(datagram, target.id, sending->options.question);
    if (rcode) sending->answered(target, *rcode);
  }
}

void open_targets(const std::shared_ptr<Sending>& sending) {
  for (const Endpoint& endpoint : sending->options.to) {
    if (sending->targets.size() >= targets_max) break;
    sending->targets.push_back(std::make_unique<Target>(sending->executor, endpoint));
    Target& target = *sending->targets.back();
    boost::system::error_code error;
    target.socket.open(endpoint.address.is_v4() ? udp::v4() : udp::v6(), error);
    if (!error) target.socket.connect(to_asio(endpoint), error);
    if (error) {
      sending->leave_out(target, error.message());
      continue;
    }
    asio::co_spawn(sending->executor, listen(sending, target), asio::detached);
  }
}

void send_to(Sending& sending, Target& target) {
  const Bytes message = make_notify(target.id, sending.options.question, sending.options.agent);
  target.sent_at = std::chrono::steady_clock::now();
  boost::system::error_code error;
  target.socket.send(asio::buffer(message), 0, error);
  if (error) {
    sending.leave_out(target, error.message());
  } else {
    ++sending.result.sent;
  }
}

// Ends early when there is an answer, or one address less.
asio::awaitable<void> wait_until(Sending& sending, SteadyTime time) {
  if (sending.is_over()) co_return;
  sending.alarm.expires_at(time);
  co_await sending.alarm.async_wait(as_result);
}

asio::awaitable<void> send_round(Sending& sending) {
  for (const auto& target : sending.targets) {
    if (!target->trouble.empty()) continue;
    send_to(sending, *target);
    const SteadyTime next = std::chrono::steady_clock::now() +
                            std::min(sending.options.address_pause, sending.options.interval);
    while (!sending.is_over() && target->trouble.empty() &&
           std::chrono::steady_clock::now() < next) {
      co_await wait_until(sending, next);
    }
    if (sending.is_over()) co_return;
  }
}

std::string trouble_of(const Sending& sending) {
  if (sending.targets.empty()) return "the target has no address";
  std::string text;
  for (const auto& target : sending.targets) {
    if (!text.empty()) text += "; ";
    text += fmt::format(
        "{} {}", target->endpoint.text(),
        target->trouble.empty() ? "is silent" : "cannot be reached: " + target->trouble);
  }
  return text;
}

}  // namespace

asio::awaitable<NotifyResult> send_notify(NotifyOptions options) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto sending = std::make_shared<Sending>(executor, std::move(options));
  open_targets(sending);
  for (unsigned round = 0; round <= sending->options.retries && !sending->is_over(); ++round) {
    const SteadyTime end = std::chrono::steady_clock::now() + sending->options.interval;
    co_await send_round(*sending);
    while (!sending->is_over() && std::chrono::steady_clock::now() < end) {
      co_await wait_until(*sending, end);
    }
  }
  if (!sending->result.rcode) sending->result.trouble = trouble_of(*sending);
  boost::system::error_code ignored;
  for (const auto& target : sending->targets) target->socket.close(ignored);
  co_return sending->result;
}

}  // namespace dskeeper::child
