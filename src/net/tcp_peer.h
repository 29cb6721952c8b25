// One server over TCP: its connection, the questions that are out on it, and what was learnt about
// how much it takes (RFC 7766).
//
// Questions of all children share the connection; many go in one write, and answers may come out of
// order (§6.2.1.1, §7). Not every server is up to that. Where one closes with questions unanswered,
// each is asked once more on a new connection, and no more go on one connection from then on than
// it answered on that one. Where one keeps the connection and leaves most of them unanswered, they
// are asked once more too, and from then on one after the other; unless that does not help, so that
// it was the zones that it is silent about. After `learnt_for` all this is tried anew. Not sent is
// edns-tcp-keepalive (RFC 7828): nothing here would wait for longer than a server keeps an idle
// connection, and a new one costs a round trip. Internal to src/net.
#pragma once

#include <boost/intrusive/list.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "net/loop.h"
#include "net/pending.h"
#include "net/socket_address.h"

namespace dskeeper::net {

class TcpPool;

// A server that sends more messages nobody asked for loses its connection.
inline constexpr unsigned tcp_strays_max = 1000;
// How long it is remembered what a server does not take.
inline constexpr std::chrono::minutes learnt_for{10};
// A question that no connection could be found for ends after so many timeouts, as one that was not
// asked: a server that answers one at a time, and slowly, must not hold what waits for hours.
inline constexpr int line_timeouts_max = 12;

struct IdleTag;
using IdleHook =
    boost::intrusive::list_base_hook<boost::intrusive::tag<IdleTag>,
                                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class TcpPeer final : public IdleHook, Loop::Watcher, TimerWheel::Entry, PendingHolder {
 public:
  TcpPeer(TcpPool& pool, const IpAddress& address) : pool_(pool), address_(address) {}
  TcpPeer(const TcpPeer&) = delete;
  TcpPeer& operator=(const TcpPeer&) = delete;
  ~TcpPeer() override { close(); }

  void ask(Pending& pending);
  void forget(Pending& pending);
  // Writes what waits, connects where that takes a connection.
  void pump();
  // The pool gives its turn to connect.
  void connect();

  [[nodiscard]] bool is_connected() const { return state_ != State::closed; }
  // There is nothing to remember about it.
  [[nodiscard]] bool is_forgettable() const {
    return is_idle() && !is_connected() && !has_learnt() && !is_in_line_ && !is_dirty_;
  }
  void close();

 private:
  friend class TcpPool;
  enum class State : std::uint8_t { closed, connecting, open };

  void ready(std::uint32_t events) override;
  void expired() override;                  // connecting took too long, or the connection is idle
  void expired(Pending& pending) override;  // an answer took too long

  enum class Pipelining : std::uint8_t { assumed, suspected_not, proven };

  [[nodiscard]] bool has_learnt() const {
    return answers_max_ != 0 || pipelining_ != Pipelining::assumed;
  }
  [[nodiscard]] bool is_idle() const { return asked_.empty() && waiting_.empty(); }
  [[nodiscard]] bool has_room() const;
  [[nodiscard]] bool start_connecting();
  void connected();
  void append(Pending& pending);
  void write();
  void read();
  void take_frames(ByteView octets);
  [[nodiscard]] Pending* match(ByteView message) const;
  void take_frame(ByteView message);
  void lost(bool is_silent);
  void learn();
  void forget_what_is_old();
  [[nodiscard]] bool leaves_most_unanswered(const Pending& pending) const;
  void fail_waiting(AskStatus status);
  void finish(Pending& pending, AskStatus status);
  void settle();

  TcpPool& pool_;
  IpAddress address_;
  State state_ = State::closed;
  bool is_in_line_ = false;        // waits for its turn to connect
  bool is_dirty_ = false;          // in the pool's list for the end of the batch
  bool is_watching_room_ = false;  // EPOLLOUT
  unsigned answers_max_ = 0;       // questions that one connection takes; 0: no limit is known
  Pipelining pipelining_ = Pipelining::assumed;
  Moment learnt_at_{};
  unsigned asked_here_ = 0;  // on this connection
  unsigned answered_here_ = 0;
  unsigned strays_here_ = 0;  // messages that answer nothing that is asked, late answers too
  Moment last_active_{};      // answered or connected
  Socket socket_;
  Loop::WatchId watch_;
  boost::unordered_flat_map<std::uint16_t, Pending*> asked_;
  PendingList waiting_;
  Bytes out_;  // what the kernel had no room for yet
  Bytes in_;   // the beginning of a message
};

}  // namespace dskeeper::net
