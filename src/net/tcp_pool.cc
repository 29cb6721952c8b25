#include "net/tcp_pool.h"

#include <algorithm>

#include "base/check.h"

namespace dskeeper::net {

TcpPool::TcpPool(Loop& loop, const DnsClientOptions& options, RandomSource& random,
                 DnsClientCounts& counts, PendingOwner& owner)
    : loop_(loop),
      options_(options),
      random_(random),
      counts_(counts),
      owner_(owner),
      connections_max_(std::max(1U, options.tcp_connections_max)),
      buffer_(tcp_read_octets) {}

TcpPool::~TcpPool() {
  line_.clear();
  dirty_.clear();
  peers_.clear();
}

void TcpPool::ask(Pending& pending) {
  if (peers_.size() >= prune_at_) loop_.defer(*this);
  std::unique_ptr<TcpPeer>& peer = peers_[pending.address];
  if (peer == nullptr) peer = std::make_unique<TcpPeer>(*this, pending.address);
  pending.attempts = 0;
  pending.sent = loop_.now();
  peer->ask(pending);
}

void TcpPool::forget(Pending& pending) {
  if (pending.peer != nullptr) pending.peer->forget(pending);
}

void TcpPool::mark_dirty(TcpPeer& peer) {
  if (!peer.is_dirty_) dirty_.push_back(&peer);
  peer.is_dirty_ = true;
  loop_.defer(*this);
}

void TcpPool::run() {
  std::vector<TcpPeer*> due;
  due.swap(dirty_);
  for (TcpPeer* const peer : due) {
    peer->is_dirty_ = false;
    peer->pump();
  }
  while (!line_.empty() && connections_ < connections_max_) {
    TcpPeer& peer = *line_.front();
    line_.pop_front();
    peer.is_in_line_ = false;
    ++connections_;
    peer.connect();
  }
  // Here and not where one is asked: that may be one of them, which is at work still.
  if (peers_.size() >= prune_at_) prune();
}

void TcpPool::want_connection(TcpPeer& peer) {
  if (connections_ >= connections_max_ && !idle_.empty()) idle_.front().close();
  if (line_.empty() && connections_ < connections_max_) {
    ++connections_;
    peer.connect();
    return;
  }
  peer.is_in_line_ = true;
  line_.push_back(&peer);
  if (connections_ < connections_max_) loop_.defer(*this);
}

void TcpPool::connection_closed() {
  CHECK(connections_ > 0);
  --connections_;
  if (!line_.empty()) loop_.defer(*this);
}

bool TcpPool::make_do_with_less(TcpPeer& peer) {
  if (connections_ <= 1) return false;
  connections_max_ = connections_ - 1;  // the one that is being opened counts already
  peer.is_in_line_ = true;
  line_.push_front(&peer);
  return true;
}

void TcpPool::connection_works() {
  if (connections_max_ < options_.tcp_connections_max) ++connections_max_;
}

void TcpPool::rests(TcpPeer& peer) {
  if (!line_.empty()) {
    peer.close();
  } else if (!static_cast<IdleHook&>(peer).is_linked()) {
    idle_.push_back(peer);
  }
}

void TcpPool::prune() {
  std::erase_if(peers_, [](const auto& entry) { return entry.second->is_forgettable(); });
  prune_at_ = std::max(tcp_peers_max, peers_.size() * 2);
}

}  // namespace dskeeper::net
