// One wire message to one server and back, over TCP (RFC 7766), for the parent's own servers.
//
// UPDATE, transfers and confirmations are few and must not be forged, so there is no UDP here; the
// children are asked by the client that is made for many. Every wait has a deadline and ends when
// its coroutine is cancelled. All coroutines of one object run on one executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <tl/expected.hpp>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"

namespace dskeeper::net {

enum class ExchangeTrouble : std::uint8_t {
  unreachable,  // no connection: refused, no route, none in time. Nothing was sent
  timed_out,    // no whole answer in time
  closed,       // the server closed or reset the connection before a whole answer
  mismatched,   // what came is not the answer to this request
};

struct ExchangeError {
  ExchangeTrouble trouble = ExchangeTrouble::unreachable;
  Error error;  // names the server and the cause

  // May the server have acted on the request?
  [[nodiscard]] bool was_sent() const { return trouble != ExchangeTrouble::unreachable; }
};

template <typename T>
using Exchanged = tl::expected<T, ExchangeError>;

// A TCP connection that carries DNS messages behind their lengths (RFC 1035 §4.2.2).
class MessageStream {
 public:
  // `silence_max` bounds connecting and then each message; `total_max` the life of the stream.
  [[nodiscard]] static boost::asio::awaitable<Exchanged<MessageStream>> connect(
      Endpoint server, Duration silence_max, Duration total_max);
  MessageStream(MessageStream&&) noexcept;
  MessageStream& operator=(MessageStream&&) noexcept;
  ~MessageStream();

  [[nodiscard]] boost::asio::awaitable<Exchanged<void>> send(Bytes message);
  [[nodiscard]] boost::asio::awaitable<Exchanged<Bytes>> receive();

 private:
  struct State;
  explicit MessageStream(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // shared with the timers' handlers, which may come late
};

// Sends the request and gives the message that answers it: the same ID and opcode, QR set. What it
// says is the caller's to judge. `timeout` bounds the whole.
[[nodiscard]] boost::asio::awaitable<Exchanged<Bytes>> exchange(Endpoint server, Bytes request,
                                                                Duration timeout);

// A random message ID (RFC 5452 §4.3).
[[nodiscard]] std::uint16_t random_message_id();

}  // namespace dskeeper::net
