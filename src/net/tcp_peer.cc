#include "net/tcp_peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

#include "net/random_source.h"
#include "net/tcp_pool.h"

namespace dskeeper::net {
namespace {

constexpr std::size_t length_octets = 2;  // RFC 1035 §4.2.2
constexpr std::size_t header_octets = 12;
constexpr std::uint8_t tc_bit = 0x02;
constexpr int attempts_max = 2;
constexpr int reads_per_wake_max = 8;
// A connection that rested this long may be closed by the server just as we write: nothing to
// learn from.
constexpr std::chrono::seconds rest{1};

IpAddress source_for(const DnsClientOptions& options, const IpAddress& server, bool& has_source) {
  has_source = options.source_addresses.empty();
  for (const IpAddress& address : options.source_addresses) {
    if (address.is_v4() != server.is_v4()) continue;
    has_source = true;
    return address;
  }
  return any_address(family_of(server));
}

}  // namespace

void TcpPeer::ask(Pending& pending) {
  pending.holder = this;
  pending.peer = this;
  waiting_.push_back(pending);
  pool_.loop_.arm(pending, pool_.options_.timeout * line_timeouts_max);
  pool_.mark_dirty(*this);
}

void TcpPeer::forget(Pending& pending) {
  pool_.loop_.disarm(pending);
  const auto found = asked_.find(pending.id);
  if (found != asked_.end() && found->second == &pending) asked_.erase(found);
  pending.peer = nullptr;
}

bool TcpPeer::has_room() const {
  const bool is_one_at_a_time = pipelining_ == Pipelining::suspected_not;
  if (asked_.size() >= (is_one_at_a_time ? 1 : pool_.options_.server_in_flight_max)) return false;
  return answers_max_ == 0 || asked_here_ < answers_max_;
}

void TcpPeer::pump() {
  if (waiting_.empty() || is_in_line_ || state_ == State::connecting) return;
  if (state_ == State::open && !has_room() && asked_.empty()) close();  // it has had its fill
  if (state_ == State::closed) {
    pool_.want_connection(*this);
    return;
  }
  pool_.loop_.disarm(*this);
  static_cast<IdleHook&>(*this).unlink();
  while (!waiting_.empty() && has_room()) {
    Pending& pending = waiting_.front();
    waiting_.pop_front();
    append(pending);
  }
  if (!is_watching_room_) write();
}

void TcpPeer::append(Pending& pending) {
  do {
    pending.id = pool_.random_.u16();
  } while (asked_.contains(pending.id));
  asked_.emplace(pending.id, &pending);
  const Moment now = pool_.loop_.now();
  if (has_learnt() && pending.attempts == 0) {
    pending.reply.waited += std::chrono::duration_cast<Duration>(now - pending.sent);
  }
  pending.sent = now;
  ++pending.attempts;
  ++asked_here_;
  const Bytes query = dns::make_query(pending.id, pending.question);
  out_.push_back(static_cast<std::uint8_t>(query.size() >> 8U));
  out_.push_back(static_cast<std::uint8_t>(query.size() & 0xFFU));
  out_.insert(out_.end(), query.begin(), query.end());
  ++pool_.counts_.tcp_questions;
  pool_.counts_.octets_sent += query.size();
  pool_.loop_.arm(pending, pool_.options_.timeout);
}

void TcpPeer::connect() {
  if (start_connecting()) return;
  if ((errno == EMFILE || errno == ENFILE) && pool_.make_do_with_less(*this)) {
    pool_.connection_closed();
    return;
  }
  socket_.close();
  pool_.connection_closed();
  fail_waiting(AskStatus::unreachable);
}

bool TcpPeer::start_connecting() {
  bool has_source = false;
  const IpAddress source = source_for(pool_.options_, address_, has_source);
  if (!has_source) {
    errno = EADDRNOTAVAIL;
    return false;
  }
  socket_ = Socket(family_of(address_), SOCK_STREAM);
  if (!socket_.is_open()) return false;
  socket_.set_option(IPPROTO_TCP, TCP_NODELAY, 1);
  if (source != any_address(family_of(address_))) {
    // The port is chosen when connecting, so that ports may be shared between servers.
    socket_.set_option(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const SocketAddress local({source, 0});
    if (bind(socket_.get(), local.get(), local.length) != 0) return false;
  }
  const SocketAddress to({address_, pool_.options_.port});
  if (::connect(socket_.get(), to.get(), to.length) != 0 && errno != EINPROGRESS) return false;
  state_ = State::connecting;
  watch_ = pool_.loop_.watch(socket_.get(), EPOLLOUT, *this);
  pool_.loop_.arm(*this, pool_.options_.timeout);
  ++pool_.counts_.tcp_connections;
  return true;
}

void TcpPeer::ready(std::uint32_t events) {
  if (state_ == State::connecting) {
    int error = 0;
    socklen_t length = sizeof(error);
    getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error == 0) {
      connected();
      return;
    }
    close();
    fail_waiting(error == ETIMEDOUT ? AskStatus::timeout : AskStatus::unreachable);
    return;
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read();
  if (state_ == State::open && (events & EPOLLOUT) != 0) write();
  settle();
}

void TcpPeer::connected() {
  state_ = State::open;
  asked_here_ = 0;
  answered_here_ = 0;
  strays_here_ = 0;
  last_active_ = pool_.loop_.now();
  forget_what_is_old();
  pool_.connection_works();
  pool_.loop_.disarm(*this);
  pool_.loop_.change(watch_, socket_.get(), EPOLLIN);
  pump();
  settle();
}

void TcpPeer::write() {
  if (out_.empty()) return;
  const auto sent = send(socket_.get(), out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN) {
    read();  // answers may have come before the connection broke
    if (state_ == State::open) lost(false);
    return;
  }
  if (sent > 0) out_.erase(out_.begin(), out_.begin() + sent);
  if (!out_.empty() != is_watching_room_) {
    is_watching_room_ = !out_.empty();
    pool_.loop_.change(watch_, socket_.get(), is_watching_room_ ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }
}

void TcpPeer::read() {
  std::vector<std::uint8_t>& buffer = pool_.buffer_;
  for (int reads = 0; reads < reads_per_wake_max; ++reads) {
    const auto count = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      lost(false);
      return;
    }
    const auto octets = static_cast<std::size_t>(count);
    take_frames(ByteView(buffer).first(octets));
    if (strays_here_ > tcp_strays_max) {
      lost(false);
      return;
    }
    if (octets < buffer.size()) return;
  }
}

void TcpPeer::take_frames(ByteView octets) {
  ByteView view = octets;
  const bool had_beginning = !in_.empty();
  if (had_beginning) {
    in_.insert(in_.end(), octets.begin(), octets.end());
    view = in_;
  }
  const std::size_t octets_before = view.size();
  while (view.size() >= length_octets) {
    const std::size_t length = static_cast<std::size_t>(view[0]) << 8U | view[1];
    if (view.size() - length_octets < length) break;
    take_frame(view.subspan(length_octets, length));
    view = view.subspan(length_octets + length);
  }
  // A server that dribbles must not make us copy the same beginning with each octet.
  if (had_beginning && view.size() == octets_before) return;
  Bytes rest_of_it(view.begin(), view.end());
  in_.swap(rest_of_it);
}

Pending* TcpPeer::match(ByteView message) const {
  if (message.size() < header_octets) return nullptr;
  const auto found = asked_.find(static_cast<std::uint16_t>(message[0] << 8U | message[1]));
  if (found == asked_.end()) return nullptr;
  Pending& pending = *found->second;
  return dns::is_response_to(message, pending.id, pending.question) ? &pending : nullptr;
}

void TcpPeer::take_frame(ByteView message) {
  Pending* const asked = match(message);
  if (asked == nullptr) {
    ++strays_here_;
    return;
  }
  Pending& pending = *asked;
  last_active_ = pool_.loop_.now();
  ++answered_here_;
  pool_.counts_.octets_received += message.size();
  pending.reply.wire.assign(message.begin(), message.end());
  finish(pending, (message[2] & tc_bit) != 0 ? AskStatus::truncated : AskStatus::answered);
}

void TcpPeer::learn() {
  if (asked_.empty() || answered_here_ >= pool_.options_.server_in_flight_max) return;
  if (answered_here_ > 0 && pool_.loop_.now() - last_active_ > rest) return;
  if (answered_here_ + asked_.size() <= 1) return;
  answers_max_ = std::max(1U, answered_here_);
  learnt_at_ = pool_.loop_.now();
}

void TcpPeer::forget_what_is_old() {
  if (!has_learnt() || pool_.loop_.now() - learnt_at_ < learnt_for) return;
  answers_max_ = 0;
  pipelining_ = Pipelining::assumed;
}

// Some servers answer the first question of a segment and never look at the others. One that is
// silent about single zones answers most.
bool TcpPeer::leaves_most_unanswered(const Pending& pending) const {
  return pipelining_ == Pipelining::assumed && pending.attempts < attempts_max &&
         answered_here_ > 0 && answered_here_ < asked_.size();
}

void TcpPeer::lost(bool is_silent) {
  if (!is_silent) learn();
  std::vector<Pending*> unanswered;
  for (const auto& [id, pending] : asked_) unanswered.push_back(pending);
  close();
  for (Pending* const pending : unanswered) {
    forget(*pending);
    if (pending->attempts >= attempts_max) {
      finish(*pending, is_silent ? AskStatus::timeout : AskStatus::unreachable);
      continue;
    }
    ++pool_.counts_.tcp_cut;
    pending->peer = this;
    waiting_.push_front(*pending);
    pool_.loop_.arm(*pending, pool_.options_.timeout * line_timeouts_max);
  }
  if (!waiting_.empty()) pool_.mark_dirty(*this);
}

void TcpPeer::expired() {
  const bool was_connecting = state_ == State::connecting;
  close();
  if (was_connecting) fail_waiting(AskStatus::timeout);
}

void TcpPeer::expired(Pending& pending) {
  const auto asked = asked_.find(pending.id);
  if (asked == asked_.end() || asked->second != &pending) {
    pending.unlink_from_queue();
    ++pool_.counts_.not_sent;
    finish(pending, AskStatus::set_aside);
    return;
  }
  if (state_ == State::open && leaves_most_unanswered(pending)) {
    pipelining_ = Pipelining::suspected_not;
    learnt_at_ = pool_.loop_.now();
    lost(true);
    return;
  }
  if (pipelining_ == Pipelining::suspected_not) pipelining_ = Pipelining::proven;
  finish(pending, AskStatus::timeout);
  if (state_ != State::open) return;
  // Not even another answer since: the connection is dead, and the others start anew.
  if (pool_.loop_.now() - last_active_ >= pool_.options_.timeout) lost(true);
  settle();
}

void TcpPeer::fail_waiting(AskStatus status) {
  // What the owner asks meanwhile goes to the next connection.
  PendingList failed;
  failed.swap(waiting_);
  while (!failed.empty()) {
    Pending& pending = failed.front();
    failed.pop_front();
    finish(pending, status);
  }
}

void TcpPeer::finish(Pending& pending, AskStatus status) {
  forget(pending);
  pending.reply.status = status;
  pending.reply.transport = Transport::tcp;
  pending.reply.round_trip = std::chrono::duration_cast<Duration>(pool_.loop_.now() - pending.sent);
  pool_.owner_.finished(pending);
}

// After each event: more may be written, or nothing is left to do here.
void TcpPeer::settle() {
  if (!waiting_.empty()) {
    pool_.mark_dirty(*this);
  } else if (state_ == State::open && asked_.empty()) {
    pool_.loop_.arm(*this, pool_.options_.tcp_idle);
    pool_.rests(*this);
  }
}

void TcpPeer::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  pool_.loop_.disarm(*this);
  pool_.loop_.unwatch(watch_, socket_.get());
  static_cast<IdleHook&>(*this).unlink();
  socket_.close();
  out_.clear();
  in_.clear();
  is_watching_room_ = false;
  pool_.connection_closed();
}

}  // namespace dskeeper::net
