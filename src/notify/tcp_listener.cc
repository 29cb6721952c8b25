#include "notify/tcp_listener.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "net/timer_wheel.h"
#include "notify/source_meter.h"

namespace dskeeper::notify {
namespace {

constexpr std::size_t length_octets = 2;
// What may wait to be taken by the peer before it is not read from any more.
constexpr std::size_t unsent_octets_max = 16'384;
// Connections accepted in one turn of the loop.
constexpr int accepts_per_turn = 16;

}  // namespace

class TcpListener::Connection final : net::Loop::Watcher, net::TimerWheel::Entry {
 public:
  Connection(TcpListener& listener, net::Socket socket, const Endpoint& from)
      : listener_(listener),
        socket_(std::move(socket)),
        from_(from),
        watch_(listener.loop_.watch(socket_.get(), EPOLLIN, *this)) {
    listener_.loop_.arm(*this, listener_.limits_.idle);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override { listener_.loop_.unwatch(watch_, socket_.get()); }

  [[nodiscard]] IpPrefix source() const { return Source::of(from_.address, true).prefix; }

 private:
  // Nothing of this may be touched once the listener has closed it.
  void ready(std::uint32_t /*events*/) override {
    if (!write() || !read() || !write()) {
      listener_.close(*this);
      return;
    }
    const bool is_stuck = unsent_.size() > unsent_octets_max;
    const std::uint32_t wanted =
        (is_stuck ? 0U : std::uint32_t{EPOLLIN}) | (unsent_.empty() ? 0U : std::uint32_t{EPOLLOUT});
    listener_.loop_.change(watch_, socket_.get(), wanted);
  }
  void expired() override { listener_.close(*this); }

  // False where the connection is over, as of all of these.
  bool read() {
    if (unsent_.size() > unsent_octets_max) return true;
    std::array<std::uint8_t, length_octets + message_octets_max> octets;
    const ssize_t count = recv(socket_.get(), octets.data(), octets.size(), 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return false;
    unread_.insert(unread_.end(), octets.begin(), octets.begin() + count);
    return answer_whole_messages();
  }

  bool answer_whole_messages() {
    std::size_t at = 0;
    while (unread_.size() - at >= length_octets) {
      const std::size_t octets = std::size_t{unread_[at]} << 8U | unread_[at + 1];
      if (octets > message_octets_max) return false;
      if (unread_.size() - at < length_octets + octets) break;
      answer(ByteView(unread_).subspan(at + length_octets, octets));
      at += length_octets + octets;
    }
    unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(at));
    if (at > 0) listener_.loop_.arm(*this, listener_.limits_.idle);
    return true;
  }

  void answer(ByteView message) {
    const auto answer = listener_.answer_(message, from_);
    if (!answer) return;
    unsent_.push_back(static_cast<std::uint8_t>(answer->size() >> 8U));
    unsent_.push_back(static_cast<std::uint8_t>(answer->size() & 0xFFU));
    unsent_.insert(unsent_.end(), answer->begin(), answer->end());
  }

  bool write() {
    if (unsent_.empty()) return true;
    const ssize_t count = send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    unsent_.erase(unsent_.begin(), unsent_.begin() + count);
    return true;
  }

  TcpListener& listener_;
  net::Socket socket_;
  Endpoint from_;
  Bytes unread_;  // less than a message
  Bytes unsent_;
  net::Loop::WatchId watch_;
};

TcpListener::TcpListener(net::Loop& loop, std::shared_ptr<const net::Socket> socket, Answer answer,
                         const TcpLimits& limits)
    : loop_(loop),
      socket_(std::move(socket)),
      answer_(std::move(answer)),
      limits_(limits),
      watch_(loop.watch(socket_->get(), EPOLLIN, *this)) {}

TcpListener::~TcpListener() {
  loop_.unwatch(watch_, socket_->get());
}

void TcpListener::ready(std::uint32_t /*events*/) {
  for (int i = 0; i < accepts_per_turn; ++i) {
    if (!accept_one()) return;
  }
}

// False where nobody else waits. Without a descriptor for him he waits until a connection ends.
bool TcpListener::accept_one() {
  net::SocketAddress address;
  address.length = sizeof(address.storage);
  net::Socket socket(
      accept4(socket_->get(), address.get(), &address.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket.is_open()) {
    const bool is_out_of_descriptors = errno == EMFILE || errno == ENFILE;
    if (is_out_of_descriptors && !connections_.empty()) connections_.pop_front();
    return errno == ECONNABORTED || errno == EINTR;
  }
  const Endpoint from = address.endpoint();
  make_room(from);
  connections_.push_back(std::make_unique<Connection>(*this, std::move(socket), from));
  return true;
}

void TcpListener::make_room(const Endpoint& from) {
  const IpPrefix source = Source::of(from.address, true).prefix;
  const auto is_neighbour = [&](const auto& one) { return one->source() == source; };
  const auto neighbours = static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(), is_neighbour));
  if (neighbours >= limits_.connections_of_source_max) {
    connections_.erase(std::find_if(connections_.begin(), connections_.end(), is_neighbour));
  } else if (connections_.size() >= limits_.connections_max) {
    connections_.pop_front();
  }
}

void TcpListener::close(Connection& connection) {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [&](const auto& one) { return one.get() == &connection; });
  CHECK(found != connections_.end());
  connections_.erase(found);
}

}  // namespace dskeeper::notify
