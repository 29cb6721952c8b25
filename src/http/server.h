// HTTP/1.1 over TCP (RFC 9112): connections and messages. What a request means is the front door's.
//
// Nobody can hold it up: a request has to be there whole within `request_time`, the wait for it
// included, a response has to be taken within `response_time`; where there is no room for a new
// connection, the one of the others that has got nothing done for longest is closed. One thread,
// the executor's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "http/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "net/listening_sockets.h"
#include "net/socket_address.h"

namespace dskeeper::http {

// The backlog holds more than may be connected at once: who comes in a burst is not turned away by
// the kernel.
inline constexpr net::ListeningPurpose listening_purpose{"serve HTTP", "http.listen", 2048};

using Answer = std::function<Response(Request)>;
// Told what an unforeseen exception said.
using OnTrouble = std::function<void(const std::string&)>;

class Connection;

class Server {
 public:
  // `clock` must outlive it. What `answer` throws becomes "500 Internal Server Error"; any other
  // exception ends its connection, and nothing else. Connections from exempt addresses, those of
  // proxies, are bound by the limit of all only.
  Server(boost::asio::any_io_executor executor, Answer answer, const Clock& clock,
         const ServerLimits& limits = {}, std::function<bool(const IpAddress&)> is_exempt = nullptr,
         OnTrouble on_trouble = nullptr);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Serves at the socket until stop(). Once for each socket, which stays open for whoever else has
  // it.
  [[nodiscard]] Result<void> listen(const net::Socket& socket);
  // Takes no more connections and closes those that are open; once the executor has run dry,
  // nothing refers to it any more.
  void stop();

  [[nodiscard]] std::size_t connections() const { return counted_; }

 private:
  struct Guest {
    std::shared_ptr<Connection> connection;
    std::string client;      // empty: exempt
    bool is_counted = true;  // else it is a stream, or was shown out
    bool is_stream = false;
  };
  // Who has got nothing done for longest is the first.
  using Guests = std::list<Guest>;

  boost::asio::awaitable<void> accept_all(net::Socket listening);
  void take(net::Socket socket);
  boost::asio::awaitable<void> serve(Guests::iterator guest);
  boost::asio::awaitable<void> stream(Guests::iterator guest, Response response);
  [[nodiscard]] Response answer_to(Request request) const;
  void make_room_for(const std::string& client);
  void show_out(Guests::iterator guest);
  void uncount(Guest& guest);
  void note(const std::exception_ptr& exception) const;

  boost::asio::any_io_executor executor_;
  Answer answer_;
  const Clock& clock_;
  const ServerLimits limits_;
  std::function<bool(const IpAddress&)> is_exempt_;
  OnTrouble on_trouble_;
  Guests guests_;
  std::size_t counted_ = 0;
  std::map<std::string, std::size_t> of_client_;
  std::size_t streams_ = 0;
  std::vector<std::function<void()>> closers_;  // of those that listen
  bool is_stopped_ = false;
};

}  // namespace dskeeper::http
