// One server over TCP: its connection, the questions that are out on it, and what was learnt about
// how much it takes (RFC 7766).
//
// Questions of all children share the connection; many go in one write, and answers may come out of
// order (§6.2.1.1, §7). Where a server closes with questions unanswered, each is asked once more on
// a new connection, and no more go on one connection from then on than it answered on that one: one
// at a time, if it answered at most one. Internal to src/net.
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
    return is_idle() && !is_connected() && answers_max_ == 0 && !is_in_line_ && !is_dirty_;
  }
  void close();

 private:
  friend class TcpPool;
  enum class State : std::uint8_t { closed, connecting, open };

  void ready(std::uint32_t events) override;
  void expired() override;                  // connecting took too long, or the connection is idle
  void expired(Pending& pending) override;  // an answer took too long

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
  unsigned asked_here_ = 0;        // on this connection
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
