// A question on its way. Internal to src/net.
//
// A Pending lives in the frame of the coroutine that waits for it and is handed from pacing to a
// pool and back; at each moment at most one of them has it in a queue.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstdint>

#include "dns/rrset.h"
#include "net/dns_client.h"
#include "net/timer_wheel.h"

namespace dskeeper::net {

struct PacedServer;
struct Pending;
class TcpPeer;
class UdpPort;

// Who has the question now and wants to know when its deadline passes.
class PendingHolder {
 public:
  virtual void expired(Pending& pending) = 0;

 protected:
  ~PendingHolder() = default;
};

// Where a question goes when pacing or a pool is done with it.
class PendingOwner {
 public:
  // Pacing lets it go; or it is not asked at all, since the server is set aside.
  virtual void admitted(Pending& pending) = 0;
  virtual void set_aside(Pending& pending) = 0;
  // The pool is done: pending.reply says what came.
  virtual void finished(Pending& pending) = 0;

 protected:
  ~PendingOwner() = default;
};

struct QueueTag;
struct AllTag;
using QueueHook =
    boost::intrusive::list_base_hook<boost::intrusive::tag<QueueTag>,
                                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
using AllHook =
    boost::intrusive::list_base_hook<boost::intrusive::tag<AllTag>,
                                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

struct Pending final : TimerWheel::Entry, QueueHook, AllHook {
  Pending(const IpAddress& its_address, dns::Question its_question, Transport its_transport)
      : address(its_address), question(std::move(its_question)), transport(its_transport) {}

  void unlink_from_queue() { QueueHook::unlink(); }
  void unlink_from_all() { AllHook::unlink(); }

  IpAddress address;
  dns::Question question;
  Transport transport;  // over which it travels now
  Reply reply;

  Moment started{};
  Moment sent{};                  // first, over this transport
  PacedServer* server = nullptr;  // pacing's state of the address
  PendingHolder* holder = nullptr;
  void* group = nullptr;    // the coroutine that waits
  UdpPort* port = nullptr;  // which sent it
  TcpPeer* peer = nullptr;  // which sends it
  std::uint16_t id = 0;
  std::uint8_t attempts = 0;   // datagrams sent, or connections tried
  bool is_in_flight = false;   // counted in its server's window
  bool is_needed = false;      // asked also where its server is set aside
  bool is_notified = false;    // of a look that a NOTIFY caused
  bool has_leave = false;      // one of the few that are asked there
  bool is_second_try = false;  // over TCP, since UDP was truncated

 private:
  void expired() override { holder->expired(*this); }
};

// In the queue of whoever holds them.
using PendingList = boost::intrusive::list<Pending, boost::intrusive::base_hook<QueueHook>,
                                           boost::intrusive::constant_time_size<false>>;
// All of a client.
using AllPendingsList = boost::intrusive::list<Pending, boost::intrusive::base_hook<AllHook>,
                                               boost::intrusive::constant_time_size<false>>;

}  // namespace dskeeper::net
