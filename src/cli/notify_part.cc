#include "cli/notify_part.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "cli/log.h"
#include "cli/typed_name.h"
#include "net/random_source.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// A look that could not be made is tried again after this.
constexpr Duration look_pause = std::chrono::seconds(1);
// Trouble that goes on is said as often.
constexpr Duration note_interval = std::chrono::minutes(1);

notify::IntakeLimits limits_of(const NotifySettings& settings) {
  notify::IntakeLimits limits;
  limits.child_interval = settings.child_interval;
  limits.source_rate = settings.source_rate;
  limits.rate = settings.rate;
  return limits;
}

notify::AnsweringOptions options_of(const Configuration& configuration) {
  notify::AnsweringOptions options;
  for (const std::string& key : configuration.notify->keys) {
    options.keys.push_back(configuration.keys.at(key));
  }
  options.only_signed = configuration.notify->only_signed;
  options.relays = configuration.notify->relays;
  return options;
}

std::uint64_t random_seed() {
  net::SystemRandom random;
  std::uint64_t seed = 0;
  for (int i = 0; i < 4; ++i) seed = seed << 16U | random.u16();
  return seed;
}

}  // namespace

NotifyPart::NotifyPart(const asio::any_io_executor& executor, const NotifySettings& settings,
                       notify::AnsweringOptions options, std::vector<KeptParent*> parents,
                       ReceiverMemory& memory, const Clock& clock)
    : executor_(executor),
      settings_(settings),
      names_(std::move(parents)),
      memory_(memory),
      clock_(clock),
      intake_(limits_of(settings), random_seed()),
      answering_(std::move(options), intake_,
                 [this](const dns::Name& child) { return names_.find(child); }),
      loop_(executor),
      wake_(executor) {}

Result<std::unique_ptr<NotifyPart>> NotifyPart::make(const asio::any_io_executor& executor,
                                                     const Configuration& configuration,
                                                     std::vector<KeptParent*> parents,
                                                     ReceiverMemory& memory, const Clock& clock) {
  std::unique_ptr<NotifyPart> part(new NotifyPart(executor, *configuration.notify,
                                                  options_of(configuration), std::move(parents),
                                                  memory, clock));
  auto opened = part->open();
  if (!opened) return pass_on(std::move(opened));
  return part;
}

Result<void> NotifyPart::open() {
  for (const Endpoint& at : settings_.listen) {
    for (const auto& [type, sockets] :
         {std::pair(SOCK_DGRAM, &udp_sockets_), std::pair(SOCK_STREAM, &tcp_sockets_)}) {
      auto socket = memory_.sockets.open(at, type);
      if (!socket) return pass_on(std::move(socket));
      sockets->push_back(*std::move(socket));
    }
  }
  return {};
}

void NotifyPart::listen() {
  for (const auto& socket : udp_sockets_) {
    udp_.push_back(std::make_unique<notify::UdpListener>(loop_, socket, answerer(false)));
  }
  for (const auto& socket : tcp_sockets_) {
    tcp_.push_back(std::make_unique<notify::TcpListener>(loop_, socket, answerer(true)));
  }
  for (const Endpoint& at : settings_.listen) log(LogEvent::notify_listening, {at.text()});
}

notify::Answer NotifyPart::answerer(bool is_tcp) {
  return [this, is_tcp](ByteView message, const Endpoint& from) {
    auto answer = answering_.answer(message, from.address, is_tcp, clock_.now());
    // Also one that joined a child that waits already may have made its look due sooner.
    const auto next = intake_.next_at(clock_.now());
    if (next && *next < wake_at_) wake_.cancel();
    return answer;
  };
}

// What the configuration before has acknowledged, once the zones have been read.
void NotifyPart::take_over() {
  for (notify::Intake::Kept& kept : std::exchange(memory_.left, {})) {
    const notify::Standing standing = names_.find(kept.notice.child);
    if (standing.kind == notify::Standing::Kind::not_known_yet) {
      memory_.left.push_back(std::move(kept));
    } else if (standing.kind == notify::Standing::Kind::delegated) {
      intake_.restore(kept, standing.operator_key, clock_.now());
    }
  }
}

asio::awaitable<Result<void>> NotifyPart::run() {
  if (!is_stopped_) listen();
  while (!is_stopped_ || looks_ > 0) {
    if (!is_stopped_) {
      take_over();
      begin_looks();
    }
    note_counts();
    const Duration pause = pause_now();
    wake_at_ = clock_.now() + pause;
    wake_.expires_after(pause);
    boost::system::error_code cancelled;  // which is how whoever has something new says so
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  for (notify::Intake::Kept& kept : intake_.drain()) memory_.left.push_back(std::move(kept));
  loop_.close();
  co_return Result<void>();
}

Duration NotifyPart::pause_now() const {
  if (is_stopped_) return note_interval;
  const Duration longest = memory_.left.empty() ? note_interval : look_pause;
  const auto next = intake_.next_at(clock_.now());
  return next ? std::clamp(*next - clock_.now(), Duration(1), longest) : longest;
}

void NotifyPart::stop() {
  is_stopped_ = true;
  // What comes from now on waits in the kernel for whoever listens next.
  udp_.clear();
  tcp_.clear();
  wake_.cancel();
}

void NotifyPart::begin_looks() {
  while (auto notice = intake_.next(clock_.now())) {
    ++looks_;
    const dns::Name child = notice->child;
    asio::co_spawn(executor_, look(*std::move(notice)),
                   [this, child](const std::exception_ptr& exception) {
                     --looks_;
                     intake_.end(child, clock_.now());
                     wake_.cancel();
                     if (exception) std::rethrow_exception(exception);
                   });
  }
}

asio::awaitable<void> NotifyPart::look(Notice notice) {
  KeptParent* const parent = names_.parent_of_child(notice.child);
  if (parent == nullptr) co_return;
  const bool is_made = co_await parent->look_at_notified(notice);
  if (!is_made) intake_.put_off(notice, clock_.now() + look_pause);
}

web::NotifyStanding NotifyPart::standing() const {
  const notify::Counts& counts = answering_.counts();
  return {.waiting = intake_.waiting(),
          .messages = {{"taken", counts.taken},
                       {"joined", counts.joined},
                       {"no-room", counts.no_room},
                       {"unknown", counts.unknown},
                       {"malformed", counts.malformed},
                       {"unsigned-or-forged", counts.unsigned_or_forged}}};
}

void NotifyPart::note_counts() {
  if (clock_.now() < note_at_) return;
  note_at_ = clock_.now() + note_interval;
  const std::uint64_t no_room = answering_.counts().no_room - no_room_noted_;
  if (no_room > 0) log(LogEvent::notify_no_room, {std::to_string(no_room)});
  no_room_noted_ += no_room;
}

}  // namespace dskeeper::cli
