#include "http/connection.h"

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

#include "net/listening_sockets.h"

namespace dskeeper::http {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace {

using Message = beast::http::request<beast::http::string_body>;
using beast::http::field;

constexpr auto linger_time = std::chrono::seconds(1);
constexpr std::size_t linger_octets_max = 1 << 20;

beast::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

std::string text_of(const Message& message, field name) {
  return std::string(message[name]);
}

// All lines of a header that may stand there more than once.
std::string all_of(const Message& message, std::string_view name) {
  std::string out;
  const auto [first, last] = message.equal_range(view(name));
  for (auto line = first; line != last; ++line) {
    out += (out.empty() ? "" : ",") + std::string(line->value());
  }
  return out;
}

Method method_of(beast::http::verb verb) {
  if (verb == beast::http::verb::get || verb == beast::http::verb::head) return Method::get;
  return verb == beast::http::verb::post ? Method::post : Method::other;
}

// RFC 9112 §3.2.2: a request in absolute form names its host itself.
void split_absolute(std::string& target, std::string& host) {
  constexpr std::string_view scheme = "http://";
  if (!target.starts_with(scheme)) return;
  const std::size_t end = std::min(target.find_first_of("/?", scheme.size()), target.size());
  host = target.substr(scheme.size(), end - scheme.size());
  target.erase(0, end);
  if (!target.starts_with('/')) target.insert(0, "/");
}

Incoming refusal(Status status, std::string_view detail) {
  return {{}, problem(status, detail)};
}

Incoming incoming_of(Message message) {
  // RFC 9112 §3.2: not none and not two.
  if (message.version() >= 11 && message.count(field::host) != 1) {
    return refusal(Status::bad_request, "A request has one Host header.");
  }
  Request request;
  request.method = method_of(message.method());
  request.host = text_of(message, field::host);
  std::string target(message.target());
  split_absolute(target, request.host);
  auto parsed = Target::parse(target);
  if (!parsed) {
    return refusal(Status::bad_request,
                   "The address of the request is not right: " + parsed.error().what + ".");
  }
  request.target = *std::move(parsed);
  request.authorization = text_of(message, field::authorization);
  request.origin = text_of(message, field::origin);
  request.if_none_match = all_of(message, "If-None-Match");
  request.forwarded_for = all_of(message, "X-Forwarded-For");
  request.content_type = text_of(message, field::content_type);
  request.body = std::move(message.body());
  return {std::move(request), {}};
}

Incoming incoming_of(const beast::error_code& error) {
  if (error == beast::http::error::header_limit) {
    return refusal(Status::header_fields_too_large, "The header of the request is too large.");
  }
  if (error == beast::http::error::buffer_overflow) {
    return refusal(Status::content_too_large, "The request is too large.");
  }
  if (error == beast::http::error::body_limit) {
    return refusal(Status::content_too_large, "The body of the request is too large.");
  }
  const bool is_malformed =
      error.category() == make_error_code(beast::http::error::bad_method).category() &&
      error != beast::http::error::end_of_stream && error != beast::http::error::partial_message;
  if (is_malformed) return refusal(Status::bad_request, "This is no request of HTTP/1.1.");
  return {};
}

// Of every response, also where a request is refused before anybody has seen it. Nothing from
// elsewhere, nothing written into the page: what a child's zone contains could not run even if it
// became markup.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> security_headers = {{
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
     "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    // With "no-referrer" browsers would not say of our own forms whose page they stand in.
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
}};

template <typename Head>
void fill_head(Head& head, const Response& response, Time now) {
  if (!response.content_type.empty()) head.set(field::content_type, response.content_type);
  head.set(field::date, http_date(now));
  for (const auto& [name, value] : response.headers) head.insert(name, value);
  for (const auto& [name, value] : security_headers) head.insert(view(name), view(value));
  // Whoever says nothing of caching wants none.
  if (head.count(field::cache_control) == 0) head.set(field::cache_control, "no-store");
}

}  // namespace

struct Connection::State {
  State(const asio::any_io_executor& executor, std::size_t octets_max)
      : stream(executor), pause(executor), buffer(octets_max) {}

  beast::tcp_stream stream;
  asio::steady_timer pause;  // between two events
  // Bounded, since the parser's own limits do not count the extensions of chunks and what trails
  // them (RFC 9112 §7.1).
  beast::flat_buffer buffer;
  // Of the request that was read last.
  bool is_head = false;
  bool keeps_alive = false;
  unsigned version = 11;
  bool is_closed = false;
};

Connection::Connection(const asio::any_io_executor& executor, net::Socket socket,
                       const ServerLimits& limits)
    : state_(std::make_unique<State>(executor, limits.header_octets_max + limits.body_octets_max)),
      limits_(limits) {
  local_ = net::endpoint_of(socket).address;
  net::SocketAddress peer;
  peer.length = sizeof(peer.storage);
  if (getpeername(socket.get(), peer.get(), &peer.length) == 0) peer_ = peer.endpoint().address;
  const auto protocol = local_.is_v4() ? asio::ip::tcp::v4() : asio::ip::tcp::v6();
  beast::error_code error;
  state_->stream.socket().assign(protocol, socket.get(), error);
  if (error) {
    state_->is_closed = true;  // the first reading ends at once
  } else {
    static_cast<void>(socket.release());
    state_->stream.socket().set_option(asio::ip::tcp::no_delay(true), error);
  }
}

Connection::~Connection() = default;

asio::awaitable<Incoming> Connection::read() {
  State& state = *state_;
  state.keeps_alive = false;
  if (state.is_closed) co_return Incoming{};
  beast::http::request_parser<beast::http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(limits_.header_octets_max));
  parser.body_limit(limits_.body_octets_max);
  state.stream.expires_after(limits_.request_time);
  beast::error_code error;
  co_await beast::http::async_read(state.stream, state.buffer, parser,
                                   asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return incoming_of(error);
  Message message = parser.release();
  state.is_head = message.method() == beast::http::verb::head;
  state.keeps_alive = message.keep_alive();
  state.version = message.version();
  Incoming incoming = incoming_of(std::move(message));
  if (incoming.request) {
    incoming.request->client = peer_;
    incoming.request->local = local_;
  }
  co_return incoming;
}

asio::awaitable<bool> Connection::write(Response response, Time now) {
  State& state = *state_;
  if (state.is_closed) co_return false;
  beast::http::response<beast::http::string_body> message;
  message.version(state.version);
  message.result(static_cast<unsigned>(response.status));
  message.keep_alive(state.keeps_alive);
  fill_head(message, response, now);
  // RFC 9110 §8.6: of what a GET would get; never with 304 that is shorter.
  const bool has_content = response.status != Status::not_modified;
  if (has_content) message.content_length(response.body.size());
  if (has_content && !state.is_head) message.body() = std::move(response.body);
  state.stream.expires_after(limits_.response_time);
  beast::error_code error;
  if (state.is_head) {
    beast::http::response_serializer<beast::http::string_body> serializer(message);
    co_await beast::http::async_write_header(state.stream, serializer,
                                             asio::redirect_error(asio::use_awaitable, error));
  } else {
    co_await beast::http::async_write(state.stream, message,
                                      asio::redirect_error(asio::use_awaitable, error));
  }
  co_return !error && state.keeps_alive && !state.is_closed;
}

asio::awaitable<void> Connection::stream(Response response, Time now) {
  State& state = *state_;
  beast::http::response<beast::http::empty_body> head;
  head.version(state.version);
  head.result(static_cast<unsigned>(response.status));
  head.keep_alive(false);
  fill_head(head, response, now);
  beast::http::response_serializer<beast::http::empty_body> serializer(head);
  state.stream.expires_after(limits_.response_time);
  beast::error_code error;
  co_await beast::http::async_write_header(state.stream, serializer,
                                           asio::redirect_error(asio::use_awaitable, error));
  std::string event = std::move(response.body);
  while (!error && !state.is_closed && !state.is_head) {
    // A comment where there is nothing to say, so that it is noticed when the client has gone.
    if (event.empty()) event = ":\n\n";
    state.stream.expires_after(limits_.response_time);
    co_await asio::async_write(state.stream, asio::buffer(event),
                               asio::redirect_error(asio::use_awaitable, error));
    if (error || state.is_closed) break;
    state.pause.expires_after(limits_.event_interval);
    beast::error_code cancelled;  // which is how close() says so
    co_await state.pause.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (state.is_closed) break;
    auto next = response.next_event();
    if (!next) break;
    event = *std::move(next);
  }
}

asio::awaitable<void> Connection::linger() {
  State& state = *state_;
  if (state.is_closed) co_return;
  beast::error_code error;
  state.stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  state.stream.expires_after(linger_time);
  std::array<char, 4096> passed_over{};
  std::size_t octets = 0;
  while (!error && octets < linger_octets_max) {
    const std::size_t some = co_await state.stream.async_read_some(
        asio::buffer(passed_over), asio::redirect_error(asio::use_awaitable, error));
    octets += some;
  }
}

void Connection::close() {
  state_->is_closed = true;
  state_->pause.cancel();
  beast::error_code ignored;
  state_->stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  state_->stream.close();
}

}  // namespace dskeeper::http
