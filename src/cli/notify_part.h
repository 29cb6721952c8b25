// The NOTIFY receiver as a part of `serve` (RFC 9859): listeners, answers, and the looks that
// follow.
//
// It acknowledges at once and looks later, exactly as a timed look in full. Looks run side by side,
// each for itself, so that a child whose servers are silent holds up no other.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/configuration.h"
#include "cli/kept_parent.h"
#include "cli/notified_names.h"
#include "cli/part.h"
#include "model/notice.h"
#include "net/listening_sockets.h"
#include "net/loop.h"
#include "notify/answering.h"
#include "notify/intake.h"
#include "notify/tcp_listener.h"
#include "notify/udp_listener.h"
#include "web/settings.h"

namespace dskeeper::cli {

// What outlives a configuration: the sockets, and what was acknowledged and not looked at yet.
struct ReceiverMemory {
  net::ListeningSockets sockets{notify::listening_purpose};
  std::vector<notify::Intake::Kept> left;
};

class NotifyPart final : public Part {
 public:
  // Fails where it cannot listen. `memory`, the parents and `clock` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<NotifyPart>> make(
      const boost::asio::any_io_executor& executor, const Configuration& configuration,
      std::vector<KeptParent*> parents, ReceiverMemory& memory, const Clock& clock);

  [[nodiscard]] boost::asio::awaitable<Result<void>> run() override;
  void stop() override;

  // How it does since it was made.
  [[nodiscard]] web::NotifyStanding standing() const;

 private:
  using Sockets = std::vector<std::shared_ptr<const net::Socket>>;
  NotifyPart(const boost::asio::any_io_executor& executor, const NotifySettings& settings,
             notify::AnsweringOptions options, std::vector<KeptParent*> parents,
             ReceiverMemory& memory, const Clock& clock);
  [[nodiscard]] Result<void> open();
  void listen();
  void take_over();
  [[nodiscard]] notify::Answer answerer(bool is_tcp);
  [[nodiscard]] Duration pause_now() const;
  void begin_looks();
  boost::asio::awaitable<void> look(Notice notice);
  void note_counts();

  boost::asio::any_io_executor executor_;
  const NotifySettings& settings_;
  NotifiedNames names_;
  ReceiverMemory& memory_;
  const Clock& clock_;
  notify::Intake intake_;
  notify::Answering answering_;
  net::Loop loop_;
  Sockets udp_sockets_;
  Sockets tcp_sockets_;
  std::vector<std::unique_ptr<notify::UdpListener>> udp_;
  std::vector<std::unique_ptr<notify::TcpListener>> tcp_;
  boost::asio::steady_timer wake_;
  std::size_t looks_ = 0;  // under way
  std::uint64_t no_room_noted_ = 0;
  Time note_at_;
  Time wake_at_;  // when the wait under way ends
  bool is_stopped_ = false;
};

}  // namespace dskeeper::cli
