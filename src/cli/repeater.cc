#include "cli/repeater.h"

#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace dskeeper::cli {

struct Repeater::State : std::enable_shared_from_this<Repeater::State> {
  State(const boost::asio::any_io_executor& executor, Duration its_interval,
        std::function<void()> its_call)
      : timer(executor), interval(its_interval), call(std::move(its_call)) {}

  void wait() {
    timer.expires_after(interval);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (error || self->has_ended) return;
      self->call();
      self->wait();
    });
  }

  boost::asio::steady_timer timer;
  Duration interval;
  std::function<void()> call;
  bool has_ended = false;
};

Repeater::Repeater(const boost::asio::any_io_executor& executor, Duration interval,
                   std::function<void()> call)
    : state_(std::make_shared<State>(executor, interval, std::move(call))) {
  state_->wait();
}

Repeater::~Repeater() {
  state_->has_ended = true;
  state_->timer.cancel();
}

}  // namespace dskeeper::cli
