#include "net/testing/fake_server.h"

#include <unistd.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <map>
#include <optional>

#include "base/check.h"

namespace dskeeper::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t header_octets = 12;

void put_u16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U & 0xFFU));
  out.push_back(static_cast<std::uint8_t>(value & 0xFFU));
}

void put(Bytes& out, ByteView octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

void put_record(Bytes& out, const dns::Record& record) {
  put(out, record.owner.wire());
  put_u16(out, static_cast<std::size_t>(record.type));
  put_u16(out, 1);
  put_u16(out, record.ttl.seconds >> 16U);
  put_u16(out, record.ttl.seconds & 0xFFFFU);
  put_u16(out, record.rdata.size());
  put(out, record.rdata);
}

std::optional<FakeQuery> parse_query(ByteView wire) {
  if (wire.size() < header_octets) return std::nullopt;
  FakeQuery query;
  query.id = static_cast<std::uint16_t>(wire[0] << 8U | wire[1]);
  std::size_t offset = header_octets;
  auto name = dns::Name::from_message(wire, offset);
  if (!name || offset + 4 > wire.size()) return std::nullopt;
  query.question.name = *std::move(name);
  query.question.type =
      dns::RecordType{static_cast<std::uint16_t>(wire[offset] << 8U | wire[offset + 1])};
  return query;
}

Bytes framed(const Bytes& message) {
  Bytes frame;
  put_u16(frame, message.size());
  put(frame, message);
  return frame;
}

}  // namespace

Bytes encode(const FakeQuery& query, const FakeMessage& message) {
  Bytes out;
  put_u16(out, query.id);
  const unsigned flags = 0x8000U | (message.is_authoritative ? 0x0400U : 0U) |
                         (message.is_truncated ? 0x0200U : 0U) |
                         static_cast<unsigned>(message.rcode);
  put_u16(out, flags);
  put_u16(out, 1);
  put_u16(out, message.answer.size());
  put_u16(out, message.authority.size());
  put_u16(out, 0);
  put(out, query.question.name.wire());
  put_u16(out, static_cast<std::size_t>(query.question.type));
  put_u16(out, 1);
  for (const dns::Record& record : message.answer) put_record(out, record);
  for (const dns::Record& record : message.authority) put_record(out, record);
  return out;
}

FakeReply reply_with(const FakeQuery& query, const FakeMessage& message) {
  return FakeReply{{encode(query, message)}};
}

struct FakeServer::State : std::enable_shared_from_this<FakeServer::State> {
  struct Connection {
    explicit Connection(asio::ip::tcp::socket its_socket) : socket(std::move(its_socket)) {}
    asio::ip::tcp::socket socket;
    std::array<std::uint8_t, 2> length{};
    Bytes message;
    std::size_t number = 0;
    std::size_t queries = 0;
    std::size_t in_hand = 0;
    std::vector<Bytes> held;
  };

  State(asio::io_context& its_io, const std::string& address, std::uint16_t its_port,
        FakeBehaviour its_behaviour)
      : io(its_io),
        port(its_port),
        behaviour(std::move(its_behaviour)),
        udp(io, {asio::ip::make_address(address), port}),
        acceptor(io, {asio::ip::make_address(address), port}) {}

  void receive() {
    udp.async_receive_from(
        asio::buffer(datagram), peer,
        [self = shared_from_this()](const error_code& error, std::size_t octets) {
          // A datagram may have come just before the end.
          if (error == asio::error::operation_aborted || !self->udp.is_open()) return;
          if (!error) self->received(octets);
          self->receive();
        });
  }

  void received(std::size_t octets) {
    std::optional<FakeQuery> query = parse_query(ByteView(datagram).first(octets));
    if (!query) return;
    query->number = ++udp_queries;
    const FakeReply reply = behaviour(*query);
    error_code ignored;
    for (const Bytes& message : reply.messages) {
      if (reply.from.empty()) {
        udp.send_to(asio::buffer(message), peer, 0, ignored);
      } else {
        asio::ip::udp::socket other(io, {asio::ip::make_address(reply.from), port});
        other.send_to(asio::buffer(message), peer, 0, ignored);
      }
    }
  }

  void accept() {
    acceptor.async_accept(
        [self = shared_from_this()](const error_code& error, asio::ip::tcp::socket socket) {
          if (error) return;
          const auto connection = std::make_shared<Connection>(std::move(socket));
          connection->socket.set_option(asio::ip::tcp::no_delay(true));
          connection->number = ++self->connections;
          self->open[connection->number] = connection;
          self->read(connection);
          self->accept();
        });
  }

  void read(const std::shared_ptr<Connection>& connection) {
    asio::async_read(connection->socket, asio::buffer(connection->length),
                     [self = shared_from_this(), connection](const error_code& error, std::size_t) {
                       if (error) return;
                       connection->message.resize(static_cast<std::size_t>(
                           connection->length[0] << 8U | connection->length[1]));
                       self->read_message(connection);
                     });
  }

  void read_message(const std::shared_ptr<Connection>& connection) {
    asio::async_read(connection->socket, asio::buffer(connection->message),
                     [self = shared_from_this(), connection](const error_code& error, std::size_t) {
                       if (!error && self->answer(connection)) self->read(connection);
                     });
  }

  // False where the connection is closed.
  bool answer(const std::shared_ptr<Connection>& shared) {
    Connection& connection = *shared;
    std::optional<FakeQuery> query = parse_query(connection.message);
    if (!query) return true;
    ++tcp_queries;
    query->is_tcp = true;
    query->connection = connection.number;
    query->number = ++connection.queries;
    query->in_hand = connection.in_hand;
    const FakeReply reply = behaviour(*query);
    if (reply.delay > std::chrono::milliseconds(0)) {
      ++connection.in_hand;
      send_later(shared, reply);
      return true;
    }
    for (const Bytes& message : reply.messages) connection.held.push_back(framed(message));
    error_code ignored;
    if (connection.queries >= reply.held_until) {
      for (; !connection.held.empty(); connection.held.pop_back()) {
        const Bytes& message = connection.held.back();
        const std::size_t piece = reply.dribbles ? 1 : message.size();
        for (std::size_t at = 0; at < message.size(); at += piece) {
          asio::write(connection.socket, asio::buffer(&message[at], piece), ignored);
        }
      }
    }
    if (reply.resets) connection.socket.set_option(asio::socket_base::linger(true, 0), ignored);
    if (reply.closes || reply.resets) {
      connection.socket.close(ignored);
      open.erase(connection.number);
      return false;
    }
    return true;
  }

  void send_later(const std::shared_ptr<Connection>& connection, const FakeReply& reply) {
    const auto timer = std::make_shared<asio::steady_timer>(io, reply.delay);
    timer->async_wait([timer, connection, messages = reply.messages](const error_code&) {
      --connection->in_hand;
      error_code ignored;
      for (const Bytes& message : messages) {
        asio::write(connection->socket, asio::buffer(framed(message)), ignored);
      }
    });
  }

  void close() {
    error_code ignored;
    udp.close(ignored);
    acceptor.close(ignored);
    for (const auto& [number, connection] : open) connection->socket.close(ignored);
  }

  asio::io_context& io;
  std::uint16_t port;
  FakeBehaviour behaviour;
  asio::ip::udp::socket udp;
  asio::ip::tcp::acceptor acceptor;
  asio::ip::udp::endpoint peer;
  std::array<std::uint8_t, 4096> datagram{};
  std::map<std::size_t, std::shared_ptr<Connection>> open;
  std::size_t udp_queries = 0;
  std::size_t tcp_queries = 0;
  std::size_t connections = 0;
};

FakeServer::FakeServer(asio::io_context& io, const std::string& address, std::uint16_t port,
                       FakeBehaviour behaviour)
    : state_(std::make_shared<State>(io, address, port, std::move(behaviour))) {
  state_->receive();
  state_->accept();
}

FakeServer::~FakeServer() {
  stop();
}

void FakeServer::stop() {
  state_->close();
}

std::size_t FakeServer::udp_queries() const {
  return state_->udp_queries;
}
std::size_t FakeServer::tcp_queries() const {
  return state_->tcp_queries;
}
std::size_t FakeServer::connections() const {
  return state_->connections;
}

std::uint16_t free_port() {
  // Tests run side by side: each process starts elsewhere in the range that nobody else uses.
  static unsigned next = static_cast<unsigned>(getpid()) * 17;
  asio::io_context io;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const auto port = static_cast<std::uint16_t>(6000 + next++ % 10000);
    bool is_free = true;
    for (int host = 1; host <= 9 && is_free; ++host) {
      const auto address = asio::ip::make_address("127.0.0." + std::to_string(host));
      error_code error;
      asio::ip::udp::socket udp(io, asio::ip::udp::v4());
      udp.bind({address, port}, error);
      is_free = !error;
      asio::ip::tcp::socket tcp(io, asio::ip::tcp::v4());
      tcp.bind({address, port}, error);
      is_free = is_free && !error;
    }
    if (is_free) return port;
  }
  const bool is_any_port_free = false;
  CHECK(is_any_port_free);
  return 0;
}

}  // namespace dskeeper::net
