#include "http/server.h"

#include <fcntl.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <exception>
#include <utility>

#include "http/connection.h"
#include "http/rate_meter.h"

namespace dskeeper::http {
namespace asio = boost::asio;
namespace {

// Where the process has no descriptor left, the kernel keeps saying that somebody waits.
constexpr auto pause_without_descriptors = std::chrono::milliseconds(100);
// Taken in one turn, so that a flood leaves room for those who are connected.
constexpr unsigned batch_max = 64;

net::Socket accept_from(int listening) {
  return net::Socket(accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

bool has_no_descriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Server::Server(asio::any_io_executor executor, Answer answer, const Clock& clock,
               const ServerLimits& limits, std::function<bool(const IpAddress&)> is_exempt,
               OnTrouble on_trouble)
    : executor_(std::move(executor)),
      answer_(std::move(answer)),
      clock_(clock),
      limits_(limits),
      is_exempt_(std::move(is_exempt)),
      on_trouble_(std::move(on_trouble)) {}

Server::~Server() = default;

Result<void> Server::listen(const net::Socket& socket) {
  net::Socket own(fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
  if (!own.is_open()) {
    return fail("the process has too many files open to serve HTTP", {},
                "Raise its limit of open files (LimitNOFILE).");
  }
  asio::co_spawn(executor_, accept_all(std::move(own)), [](const std::exception_ptr& exception) {
    if (exception) std::rethrow_exception(exception);
  });
  return {};
}

// By readiness and accept4() of our own: one turn takes a batch, and the address of the peer costs
// no exception.
asio::awaitable<void> Server::accept_all(net::Socket listening) {
  if (is_stopped_) co_return;
  const int descriptor = listening.release();
  asio::posix::stream_descriptor readiness(executor_, descriptor);
  asio::steady_timer pause(executor_);
  closers_.emplace_back([&] {
    readiness.cancel();
    pause.cancel();
  });
  while (!is_stopped_) {
    boost::system::error_code error;
    co_await readiness.async_wait(asio::posix::stream_descriptor::wait_read,
                                  asio::redirect_error(asio::use_awaitable, error));
    int trouble = 0;
    for (unsigned count = 0; count < batch_max && !is_stopped_ && trouble == 0; ++count) {
      net::Socket guest = accept_from(descriptor);
      trouble = guest.is_open() ? 0 : errno;
      if (guest.is_open()) take(std::move(guest));
    }
    if (is_stopped_ || !has_no_descriptors(trouble)) continue;
    if (!guests_.empty()) show_out(guests_.begin());
    pause.expires_after(pause_without_descriptors);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

void Server::take(net::Socket socket) {
  auto connection = std::make_shared<Connection>(executor_, std::move(socket), limits_);
  const bool is_exempt = is_exempt_ && is_exempt_(connection->peer());
  const std::string client = is_exempt ? "" : client_key(connection->peer());
  make_room_for(client);
  guests_.push_back({std::move(connection), client});
  ++counted_;
  if (!client.empty()) ++of_client_[client];
  const auto guest = std::prev(guests_.end());
  asio::co_spawn(executor_, serve(guest), [this, guest](const std::exception_ptr& exception) {
    guest->connection->close();
    uncount(*guest);
    if (guest->is_stream) --streams_;
    guests_.erase(guest);
    if (exception) note(exception);
  });
}

void Server::note(const std::exception_ptr& exception) const {
  if (!on_trouble_) return;
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& known) {
    on_trouble_(known.what());
  } catch (...) {
    on_trouble_("something that is no exception of the standard library was thrown");
  }
}

asio::awaitable<void> Server::serve(Guests::iterator guest) {
  const std::shared_ptr<Connection> connection = guest->connection;
  bool goes_on = true;
  while (goes_on && !is_stopped_) {
    Incoming incoming = co_await connection->read();
    if (!incoming.request && !incoming.refusal) break;
    const bool is_refusal = incoming.refusal.has_value();
    Response response =
        incoming.request ? answer_to(*std::move(incoming.request)) : *std::move(incoming.refusal);
    // Now it is the one that has got something done last.
    guests_.splice(guests_.end(), guests_, guest);
    if (response.next_event && streams_ == limits_.streams_max) {
      response = problem(Status::service_unavailable, "Too many are listening already.");
    }
    if (response.next_event) {
      co_await stream(guest, std::move(response));
      break;
    }
    const Time now = clock_.now();
    goes_on = co_await connection->write(std::move(response), now);
    if (is_refusal && !goes_on) co_await connection->linger();
  }
}

// It gets things done without asking: nobody needs its place, there are few of them.
asio::awaitable<void> Server::stream(Guests::iterator guest, Response response) {
  uncount(*guest);
  guest->is_stream = true;
  ++streams_;
  const std::shared_ptr<Connection> connection = guest->connection;
  const Time now = clock_.now();
  co_await connection->stream(std::move(response), now);
}

Response Server::answer_to(Request request) const {
  try {
    return answer_(std::move(request));
  } catch (...) {
    return problem(Status::internal_server_error, "Something went wrong here, not with you.");
  }
}

void Server::make_room_for(const std::string& client) {
  const auto found = of_client_.find(client);
  const bool is_greedy = !client.empty() && found != of_client_.end() &&
                         found->second >= limits_.connections_of_client_max;
  if (!is_greedy && counted_ < limits_.connections_max) return;
  const auto victim = std::find_if(guests_.begin(), guests_.end(), [&](const Guest& guest) {
    return guest.is_counted && (!is_greedy || guest.client == client);
  });
  if (victim != guests_.end()) show_out(victim);
}

void Server::show_out(Guests::iterator guest) {
  uncount(*guest);
  guest->connection->close();
  guests_.splice(guests_.end(), guests_, guest);
}

void Server::uncount(Guest& guest) {
  if (!std::exchange(guest.is_counted, false)) return;
  --counted_;
  if (guest.client.empty()) return;
  const auto found = of_client_.find(guest.client);
  if (--found->second == 0) of_client_.erase(found);
}

void Server::stop() {
  is_stopped_ = true;
  for (const auto& close : std::exchange(closers_, {})) close();
  for (Guest& guest : guests_) guest.connection->close();
}

}  // namespace dskeeper::http
