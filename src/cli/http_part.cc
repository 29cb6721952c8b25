#include "cli/http_part.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "cli/log.h"
#include "cli/typed_name.h"
#include "http/front_door.h"
#include "http/server.h"
#include "net/listening_sockets.h"
#include "store/store.h"
#include "web/site.h"
#include "web/staff_api.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Between two notes of how things stand, for the other thread.
constexpr Duration note_interval = std::chrono::seconds(1);
// Of a client's requests, so many seconds' worth may come at once.
constexpr unsigned burst_seconds = 4;

// Visitors wait while an act waits for whoever writes, this process or another: whoever wants the
// act can repeat it.
constexpr Duration act_wait = std::chrono::milliseconds(100);
constexpr http::Rate exceptions_logged{1, std::chrono::minutes(1), 1};

web::Settings site_settings(const Configuration& configuration,
                            std::function<void(const std::string&)> on_store) {
  web::Settings settings;
  for (const ParentSettings& parent : configuration.parents) {
    settings.parents.push_back({parent.zone, parent.policy});
  }
  settings.version = DSKEEPER_VERSION;
  settings.zonemaster = configuration.http->zonemaster;
  settings.read_name = read_typed_name;
  settings.shown_name = shown_name;
  settings.on_store = std::move(on_store);
  return settings;
}

bool is_loopback(const IpAddress& address) {
  return address.text() == "::1" || (address.is_v4() && address.octets().front() == 127);
}

http::FrontDoorSettings door_settings(const HttpSettings& http) {
  http::FrontDoorSettings settings;
  settings.hosts = http.hosts;
  settings.trusted_proxies = http.trusted_proxies;
  for (const Endpoint& at : http.listen) settings.is_local |= is_loopback(at.address);
  if (!http.token.empty()) settings.token = http::Token::make(http.token).value();
  settings.client_rate = {http.client_rate, std::chrono::seconds(1),
                          http.client_rate * burst_seconds};
  return settings;
}

}  // namespace

// What the other thread asks; parents are touched on this one alone.
class HttpPart::KeptDesk final : public web::Desk, public std::enable_shared_from_this<KeptDesk> {
 public:
  KeptDesk(asio::any_io_executor executor, std::vector<KeptParent*> parents)
      : executor_(std::move(executor)), wake_(executor_) {
    for (KeptParent* const parent : parents) states_[parent->zone()].parent = parent;
  }

  bool want_look(const dns::Name& parent, const dns::Name& child) override {
    if (!states_.at(parent).has_room) return false;
    asio::post(executor_, [self = shared_from_this(), parent, child] {
      if (self->is_closed_) return;
      static_cast<void>(self->states_.at(parent).parent->want_look(child, Channel::named));
      self->note();
    });
    return true;
  }
  [[nodiscard]] std::size_t looks_waiting(const dns::Name& parent) const override {
    return states_.at(parent).waiting;
  }
  [[nodiscard]] bool is_read(const dns::Name& parent) const override {
    return states_.at(parent).is_read;
  }
  [[nodiscard]] std::optional<web::NotifyStanding> notify_standing() const override {
    const std::lock_guard lock(notify_mutex_);
    return notify_;
  }

  void set_notify_report(NotifyReport report) { notify_report_ = std::move(report); }

  // On the other thread, as the last thing there.
  void end(std::exception_ptr failure) {
    asio::post(executor_, [self = shared_from_this(), failure = std::move(failure)] {
      self->failure_ = failure;
      self->has_ended_ = true;
      self->wake();
    });
  }

  // All that follows: on the parents' thread.
  void note() {
    for (auto& [zone, state] : states_) {
      state.waiting = state.parent->looks_waiting();
      state.has_room = state.parent->has_room_for(Channel::named);
      state.is_read = state.parent->snapshot() != nullptr;
    }
    if (!notify_report_) return;
    web::NotifyStanding standing = notify_report_();
    const std::lock_guard lock(notify_mutex_);
    notify_ = std::move(standing);
  }
  asio::awaitable<void> rest(Duration time) {
    wake_.expires_after(time);
    boost::system::error_code cancelled;  // which is how wake() says so
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  void wake() { wake_.cancel(); }
  // Whether the other thread has; and what ended it, if that was an exception.
  [[nodiscard]] bool has_ended() const { return has_ended_; }
  [[nodiscard]] const std::exception_ptr& failure() const { return failure_; }
  // What is posted still has no parent to go to.
  void close() { is_closed_ = true; }

 private:
  struct State {
    KeptParent* parent = nullptr;
    std::atomic<std::size_t> waiting{0};
    std::atomic<bool> has_room{true};
    std::atomic<bool> is_read{false};
  };
  asio::any_io_executor executor_;
  std::map<dns::Name, State> states_;  // never altered after the constructor
  NotifyReport notify_report_;
  mutable std::mutex notify_mutex_;
  std::optional<web::NotifyStanding> notify_;  // as it was noted last
  asio::steady_timer wake_;
  bool is_closed_ = false;
  bool has_ended_ = false;
  std::exception_ptr failure_;
};

// The thread with everything on it.
class HttpPart::Worker {
 public:
  Worker(const Configuration& configuration, std::shared_ptr<KeptDesk> desk,
         std::unique_ptr<store::Store> store, std::unique_ptr<store::Store> acts,
         const Clock& clock)
      : settings_(site_settings(configuration,
                                [this](const std::string& trouble) { note_store(trouble); })),
        desk_(std::move(desk)),
        store_(std::move(store)),
        acts_(std::move(acts)),
        clock_(clock),
        site_(settings_, *store_, *desk_, clock),
        staff_(
            settings_, *store_, *desk_, [this](const Act& act) { return acts_->add_act(act); },
            clock),
        door_(door_settings(*configuration.http), routes()),
        server_(
            context_.get_executor(),
            [this](http::Request request) { return answer(std::move(request)); }, clock, {},
            [this](const IpAddress& peer) { return door_.is_trusted_proxy(peer); },
            [this](const std::string& trouble) { note_exception(trouble); }) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() { join(); }

  [[nodiscard]] Result<void> add(const Endpoint& at, net::ListeningSockets& sockets) {
    auto socket = sockets.open(at, SOCK_STREAM);
    if (!socket) return pass_on(std::move(socket));
    sockets_.push_back(*std::move(socket));
    return {};
  }
  [[nodiscard]] Result<void> start() {
    for (const auto& socket : sockets_) {
      auto listening = server_.listen(*socket);
      if (!listening) return listening;
      log(LogEvent::http_listening, {net::endpoint_of(*socket).text()});
    }
    thread_ = std::thread([this] {
      std::exception_ptr failure;
      try {
        context_.run();
      } catch (...) {
        failure = std::current_exception();
      }
      desk_->end(failure);
    });
    return {};
  }
  void stop() {
    asio::post(context_, [this] { server_.stop(); });
  }
  void join() {
    if (!thread_.joinable()) return;
    stop();
    thread_.join();
  }

 private:
  [[nodiscard]] std::vector<http::Route> routes() {
    std::vector<http::Route> all = site_.routes([this] { return counts(); });
    for (http::Route& route : staff_.routes()) all.push_back(std::move(route));
    return all;
  }
  [[nodiscard]] http::Response answer(http::Request request) {
    try {
      return door_.answer(std::move(request), clock_.now());
    } catch (const std::exception& exception) {
      note_exception(exception.what());
      throw;
    }
  }
  // Said once for each trouble, and again where the store has worked in between.
  void note_store(const std::string& trouble) {
    if (!trouble.empty() && trouble != store_trouble_) log(LogEvent::http_failed, {trouble});
    store_trouble_ = trouble;
  }
  // A slip of ours, which strangers may be able to repeat as often as they like.
  void note_exception(const std::string& what) {
    if (exceptions_.take("", clock_.now())) return;
    log(LogEvent::http_failed, {what});
  }
  [[nodiscard]] web::ServerCounts counts() const { return {door_.counts(), server_.connections()}; }

  const web::Settings settings_;
  std::shared_ptr<KeptDesk> desk_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Store> acts_;  // opened to write, for nothing else
  const Clock& clock_;
  web::Site site_;
  web::StaffApi staff_;
  http::FrontDoor door_;
  std::vector<std::shared_ptr<const net::Socket>> sockets_;
  asio::io_context context_{1};
  http::Server server_;
  std::string store_trouble_;  // what was logged last of it; empty where it works
  http::RateMeter exceptions_{exceptions_logged};
  std::thread thread_;
};

HttpPart::HttpPart(const asio::any_io_executor& executor, std::vector<KeptParent*> parents,
                   Duration end_time)
    : desk_(std::make_shared<KeptDesk>(executor, std::move(parents))), end_time_(end_time) {}

HttpPart::~HttpPart() {
  desk_->close();
}

Result<std::unique_ptr<HttpPart>> HttpPart::make(const asio::any_io_executor& executor,
                                                 const Configuration& configuration,
                                                 std::vector<KeptParent*> parents,
                                                 net::ListeningSockets& sockets, const Clock& clock,
                                                 Duration end_time) {
  auto store = store::open_store(configuration.store.url, store::Access::read_only);
  if (!store) return pass_on(std::move(store));
  auto acts = store::open_store(configuration.store.url, store::Access::read_write);
  if (!acts) return pass_on(std::move(acts));
  auto is_brief = (*acts)->set_busy_wait(act_wait);
  if (!is_brief) return pass_on(std::move(is_brief));
  std::unique_ptr<HttpPart> part(new HttpPart(executor, std::move(parents), end_time));
  part->worker_ = std::make_unique<Worker>(configuration, part->desk_, *std::move(store),
                                           *std::move(acts), clock);
  for (const Endpoint& at : configuration.http->listen) {
    auto added = part->worker_->add(at, sockets);
    if (!added) return pass_on(std::move(added));
  }
  return part;
}

asio::awaitable<Result<void>> HttpPart::run() {
  if (is_stopped_) co_return Result<void>();
  desk_->note();
  Result<void> started = worker_->start();
  if (!started) co_return started;
  while (!is_stopped_ && !desk_->has_ended()) {
    co_await desk_->rest(note_interval);
    if (!is_stopped_) desk_->note();
  }
  desk_->close();
  worker_->stop();
  const bool has_ended = co_await has_ended_in_time();
  if (!has_ended) {
    // Said at once, since whoever destroys the part has to wait for the thread.
    log(LogEvent::http_failed, {"it takes longer to end than it may. Restart dskeeper."});
    co_return fail("a request by HTTP takes longer to end than it may", {}, "Restart dskeeper.");
  }
  worker_->join();
  if (desk_->failure()) std::rethrow_exception(desk_->failure());
  co_return Result<void>();
}

void HttpPart::set_notify_report(NotifyReport report) {
  desk_->set_notify_report(std::move(report));
}

// The parents' thread has other things to do meanwhile.
asio::awaitable<bool> HttpPart::has_ended_in_time() {
  const auto until = std::chrono::steady_clock::now() + end_time_;
  for (;;) {
    const auto left = std::chrono::ceil<Duration>(until - std::chrono::steady_clock::now());
    if (desk_->has_ended() || left <= Duration::zero()) co_return desk_->has_ended();
    co_await desk_->rest(left);
  }
}

void HttpPart::stop() {
  is_stopped_ = true;
  desk_->wake();
}

}  // namespace dskeeper::cli
