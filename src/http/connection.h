// One connection: requests in, responses out. The only file that knows Beast is connection.cc.
//
// Everything is bounded in octets and time. One thread, the executor's; whoever reads or writes
// keeps the connection alive.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/ip_address.h"
#include "base/time.h"
#include "http/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "net/socket_address.h"

namespace dskeeper::http {

// What came: a request, or what is wrong with it, or neither where the client has gone, has been
// too slow or was shown out.
struct Incoming {
  std::optional<Request> request;
  std::optional<Response> refusal;
};

class Connection {
 public:
  // Takes the socket over; `limits` must outlive it.
  Connection(const boost::asio::any_io_executor& executor, net::Socket socket,
             const ServerLimits& limits);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  [[nodiscard]] const IpAddress& peer() const { return peer_; }

  [[nodiscard]] boost::asio::awaitable<Incoming> read();
  // The response to what was read last. False where nothing more can be read.
  [[nodiscard]] boost::asio::awaitable<bool> write(Response response, Time now);
  // The header and `response.body`, then whatever next_event() gives, until that is nothing or the
  // client has gone.
  [[nodiscard]] boost::asio::awaitable<void> stream(Response response, Time now);
  // Passes over what the client still sends, for a moment: closed before that, it would not see the
  // last response (RFC 9112 §9.6).
  [[nodiscard]] boost::asio::awaitable<void> linger();
  // What waits on it ends.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
  const ServerLimits& limits_;
  IpAddress peer_;
  IpAddress local_;
};

}  // namespace dskeeper::http
