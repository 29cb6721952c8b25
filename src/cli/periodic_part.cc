#include "cli/periodic_part.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace dskeeper::cli {
namespace asio = boost::asio;

asio::awaitable<Result<void>> PeriodicPart::run() {
  while (!work_.is_interrupted()) {
    std::string trouble = co_await trouble_of_turn();
    if (work_.is_interrupted()) break;
    if (!trouble.empty() && trouble != trouble_) report(trouble);
    trouble_ = std::move(trouble);
    co_await rest(pause(!trouble_.empty()));
  }
  co_return Result<void>();
}

asio::awaitable<std::string> PeriodicPart::trouble_of_turn() {
  std::string trouble;
  try {
    asio::awaitable<Result<void>> work = turn();
    const std::optional<Result<void>> done = co_await work_.run(std::move(work));
    if (done && !*done) trouble = done->error().text();
  } catch (...) {
    trouble = unexpected_trouble(std::current_exception()).text();
  }
  co_return trouble;
}

asio::awaitable<void> PeriodicPart::rest(Duration duration) {
  if (work_.is_interrupted()) co_return;
  timer_.expires_after(duration);
  boost::system::error_code cancelled;  // stop() ends the rest early
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

void PeriodicPart::stop() {
  work_.interrupt();
  timer_.cancel();
}

}  // namespace dskeeper::cli
