#include "net/exchange.h"

#include <fmt/core.h>
#include <sys/random.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/check.h"

namespace dskeeper::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t message_octets_max = 65535;
constexpr std::size_t header_octets = 12;

tcp::endpoint to_asio(const Endpoint& endpoint) {
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

// ID and opcode are the request's, and QR is set (RFC 1035 §4.1.1).
bool answers(ByteView response, ByteView request) {
  return response.size() >= header_octets && response[0] == request[0] &&
         response[1] == request[1] && (response[2] & 0x80U) != 0 &&
         (response[2] & 0x78U) == (request[2] & 0x78U);
}

}  // namespace

struct MessageStream::State {
  State(const asio::any_io_executor& executor, const Endpoint& to, Duration silence)
      : socket(executor),
        silence_timer(executor),
        total_timer(executor),
        server(to),
        silence_max(silence) {}

  // The handlers hold the state, since they run after the timer itself may be gone.
  static void arm(const std::shared_ptr<State>& state, asio::steady_timer& timer, Duration after) {
    timer.expires_after(after);
    timer.async_wait([state](const boost::system::error_code& error) {
      if (error) return;
      state->has_expired = true;
      boost::system::error_code ignored;
      state->socket.close(ignored);
    });
  }

  void close() {
    boost::system::error_code ignored;
    silence_timer.cancel(ignored);
    total_timer.cancel(ignored);
    socket.close(ignored);
  }

  [[nodiscard]] tl::unexpected<ExchangeError> failure(ExchangeTrouble trouble,
                                                      std::string what) const {
    return tl::unexpected<ExchangeError>(
        ExchangeError{trouble, Error{std::move(what), server.text(), {}}});
  }

  [[nodiscard]] tl::unexpected<ExchangeError> lost(const boost::system::error_code& error) const {
    if (has_expired) {
      return failure(ExchangeTrouble::timed_out, "the server did not answer in time");
    }
    if (error == asio::error::eof) {
      return failure(ExchangeTrouble::closed, "the server closed the connection");
    }
    return failure(ExchangeTrouble::closed,
                   fmt::format("the connection was lost: {}", error.message()));
  }

  tcp::socket socket;
  asio::steady_timer silence_timer;
  asio::steady_timer total_timer;
  Endpoint server;
  Duration silence_max;
  bool has_expired = false;
};

MessageStream::MessageStream(std::shared_ptr<State> state) : state_(std::move(state)) {}
MessageStream::MessageStream(MessageStream&&) noexcept = default;
MessageStream& MessageStream::operator=(MessageStream&&) noexcept = default;
MessageStream::~MessageStream() {
  if (state_) state_->close();
}

asio::awaitable<Exchanged<MessageStream>> MessageStream::connect(Endpoint server,
                                                                 Duration silence_max,
                                                                 Duration total_max) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto state = std::make_shared<State>(executor, server, silence_max);
  MessageStream stream(state);
  State::arm(state, state->silence_timer, silence_max);
  State::arm(state, state->total_timer, total_max);
  const tcp::endpoint address = to_asio(server);
  const auto [error] = co_await state->socket.async_connect(address, as_result);
  if (error) {
    co_return state->failure(ExchangeTrouble::unreachable,
                             state->has_expired
                                 ? std::string("no connection within the time that is allowed")
                                 : fmt::format("no connection: {}", error.message()));
  }
  boost::system::error_code ignored;
  state->socket.set_option(tcp::no_delay(true), ignored);
  co_return std::move(stream);
}

asio::awaitable<Exchanged<void>> MessageStream::send(Bytes message) {
  const std::shared_ptr<State> state = state_;
  CHECK(message.size() <= message_octets_max);
  const std::array<std::uint8_t, 2> length = {static_cast<std::uint8_t>(message.size() >> 8U),
                                              static_cast<std::uint8_t>(message.size() & 0xFFU)};
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(length), asio::buffer(message)};
  State::arm(state, state->silence_timer, state->silence_max);
  const auto [error, octets] = co_await asio::async_write(state->socket, buffers, as_result);
  if (error) co_return state->lost(error);
  co_return Exchanged<void>();
}

asio::awaitable<Exchanged<Bytes>> MessageStream::receive() {
  const std::shared_ptr<State> state = state_;
  State::arm(state, state->silence_timer, state->silence_max);
  std::array<std::uint8_t, 2> length{};
  const auto length_buffer = asio::buffer(length);
  const auto [length_error, length_octets] =
      co_await asio::async_read(state->socket, length_buffer, as_result);
  if (length_error) co_return state->lost(length_error);
  Bytes message(length[0] * std::size_t{256} + length[1]);
  const auto buffer = asio::buffer(message);
  const auto [error, octets] = co_await asio::async_read(state->socket, buffer, as_result);
  if (error) co_return state->lost(error);
  co_return std::move(message);
}

asio::awaitable<Exchanged<Bytes>> exchange(Endpoint server, Bytes request, Duration timeout) {
  CHECK(request.size() >= header_octets);
  Exchanged<MessageStream> stream = co_await MessageStream::connect(server, timeout, timeout);
  if (!stream) co_return tl::unexpected<ExchangeError>(stream.error());
  const Exchanged<void> sent = co_await stream->send(request);
  if (!sent) co_return tl::unexpected<ExchangeError>(sent.error());
  Exchanged<Bytes> response = co_await stream->receive();
  if (response && !answers(*response, request)) {
    co_return tl::unexpected<ExchangeError>(ExchangeError{
        ExchangeTrouble::mismatched,
        Error{"the server sent something that is no answer to the request", server.text(), {}}});
  }
  co_return response;
}

std::uint16_t random_message_id() {
  std::uint16_t id = 0;
  CHECK(getrandom(&id, sizeof id, 0) == sizeof id);
  return id;
}

}  // namespace dskeeper::net
