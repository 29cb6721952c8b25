#include "yardstick.h"

#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "dns/rrset.h"

namespace dskeeper::bench {
namespace {

constexpr std::uint16_t dns_port = 53;
constexpr std::size_t response_octets_max = 1500;
constexpr int buffer_octets = 8 << 20;
constexpr std::size_t questions_per_child = 2 * servers_per_operator;
// Where the number of the child stands in a query: behind the header, a length and the "c".
constexpr std::size_t digits_offset = 14;
constexpr std::size_t digits = 7;
constexpr std::uint8_t qr_bit = 0x80;

Bytes make_template(dns::RecordType type) {
  return dns::make_query(0, {name("c0000000.example."), type});
}

}  // namespace

struct Yardstick::Batch {
  explicit Batch(std::size_t size)
      : headers(size), vectors(size), addresses(size), queries(size), responses(size) {}

  void point_at(std::size_t at, void* octets, std::size_t count, net::SocketAddress* address) {
    vectors[at] = {octets, count};
    headers[at] = {};
    msghdr& header = headers[at].msg_hdr;
    header.msg_iov = &vectors[at];
    header.msg_iovlen = 1;
    if (address == nullptr) return;
    header.msg_name = address->get();
    header.msg_namelen = address->length;
  }

  std::vector<mmsghdr> headers;
  std::vector<iovec> vectors;
  std::vector<net::SocketAddress> addresses;
  std::vector<Bytes> queries;
  std::vector<std::array<std::uint8_t, response_octets_max>> responses;
  const std::array<Bytes, 2> templates = {make_template(dns::RecordType::cds),
                                          make_template(dns::RecordType::cdnskey)};
};

Yardstick::Yardstick(const World& world, const YardstickOptions& options, net::Socket socket)
    : world_(&world),
      options_(options),
      socket_(std::move(socket)),
      places_(options.in_flight_max),
      batch_(std::make_unique<Batch>(options.batch)) {
  for (std::size_t place = 0; place < options.in_flight_max; ++place) {
    free_.push_back(static_cast<std::uint16_t>(place));
  }
}

Yardstick::Yardstick(Yardstick&&) noexcept = default;
Yardstick::~Yardstick() = default;

Result<Yardstick> Yardstick::open(const World& world, const YardstickOptions& options) {
  net::Socket socket(AF_INET, SOCK_DGRAM);
  if (!socket.is_open()) return fail(std::string("no socket: ") + std::strerror(errno));
  if (!socket.set_option(SOL_SOCKET, SO_RCVBUFFORCE, buffer_octets)) {
    socket.set_option(SOL_SOCKET, SO_RCVBUF, buffer_octets);
  }
  return Yardstick(world, options, std::move(socket));
}

YardstickCounts Yardstick::run() {
  const std::size_t all = world_->child_count() * questions_per_child;
  while (next_ < all || free_.size() < places_.size()) {
    const Moment now = std::chrono::steady_clock::now();
    send_again(now);
    launch(now);
    flush();
    wait(now);
    receive();
  }
  return counts_;
}

void Yardstick::launch(Moment now) {
  const std::size_t all = world_->child_count() * questions_per_child;
  while (next_ < all && !free_.empty()) {
    const std::uint16_t place = free_.back();
    free_.pop_back();
    places_[place].question = next_++;
    ++counts_.questions;
    put(place, now);
  }
}

void Yardstick::send_again(Moment now) {
  while (!deadlines_.empty() && deadlines_.front().due <= now) {
    const Deadline deadline = deadlines_.front();
    deadlines_.pop_front();
    Place& place = places_[deadline.place];
    if (place.tries == 0 || place.turn != deadline.turn) continue;
    if (place.tries < options_.tries) {
      ++counts_.sent_again;
      put(deadline.place, now);
    } else {
      place.tries = 0;
      ++place.turn;
      free_.push_back(deadline.place);
    }
  }
}

// Fills in the batch's next datagram.
void Yardstick::put(std::uint16_t number, Moment now) {
  Place& place = places_[number];
  ++place.tries;
  deadlines_.push_back({now + options_.timeout, number, place.turn});

  Batch& batch = *batch_;
  const std::size_t child = place.question / questions_per_child;
  const std::size_t which = place.question % questions_per_child;
  Bytes& query = batch.queries[filled_];
  query = batch.templates[which / servers_per_operator];
  query[0] = static_cast<std::uint8_t>(number >> 8U);
  query[1] = static_cast<std::uint8_t>(number);
  std::size_t rest = child;
  for (std::size_t at = digits; at-- > 0; rest /= 10) {
    query[digits_offset + at] = static_cast<std::uint8_t>('0' + rest % 10);
  }
  const auto address =
      World::server_address({world_->operator_of(child), which % servers_per_operator});
  batch.addresses[filled_] = net::SocketAddress({IpAddress::v4(address), dns_port});
  batch.point_at(filled_, query.data(), query.size(), &batch.addresses[filled_]);
  if (++filled_ == options_.batch) flush();
}

// What the kernel does not take now is lost, and sent again as if the network had lost it.
void Yardstick::flush() {
  for (std::size_t done = 0; done < filled_;) {
    const int sent =
        sendmmsg(socket_.get(), &batch_->headers[done], static_cast<unsigned>(filled_ - done), 0);
    done += sent > 0 ? static_cast<std::size_t>(sent) : 1;
  }
  filled_ = 0;
}

void Yardstick::wait(Moment now) const {
  if (deadlines_.empty()) return;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadlines_.front().due - now);
  pollfd readable{socket_.get(), POLLIN, 0};
  poll(&readable, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
}

void Yardstick::receive() {
  Batch& batch = *batch_;
  for (std::size_t at = 0; at < options_.batch; ++at) {
    batch.point_at(at, batch.responses[at].data(), response_octets_max, nullptr);
  }
  const int count = recvmmsg(socket_.get(), batch.headers.data(),
                             static_cast<unsigned>(options_.batch), MSG_DONTWAIT, nullptr);
  for (int index = 0; index < count; ++index) {
    const auto& response = batch.responses[static_cast<std::size_t>(index)];
    const std::size_t number = static_cast<std::size_t>(response[0]) << 8U | response[1];
    if (number >= places_.size() || (response[2] & qr_bit) == 0) continue;
    Place& place = places_[number];
    if (place.tries == 0) continue;
    place.tries = 0;
    ++place.turn;
    free_.push_back(static_cast<std::uint16_t>(number));
    ++counts_.answered;
  }
}

}  // namespace dskeeper::bench
