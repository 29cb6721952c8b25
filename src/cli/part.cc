#include "cli/part.h"

#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

namespace dskeeper::cli {
namespace asio = boost::asio;

asio::awaitable<Result<void>> run_side_by_side(std::vector<Part*> parts,
                                               std::function<void()> stop_all) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer all_ended(executor, asio::steady_timer::time_point::max());
  std::optional<Error> trouble;
  std::size_t running = parts.size();
  const auto end = [&](const std::exception_ptr& exception, Result<void> done) {
    if (exception) done = tl::unexpected<Error>(unexpected_trouble(exception));
    if (!done && !trouble) {
      trouble = std::move(done).error();
      stop_all();
    }
    if (--running == 0) all_ended.cancel();
  };
  for (Part* const part : parts) asio::co_spawn(executor, part->run(), end);
  boost::system::error_code cancelled;  // which is how the last one says that it has ended
  if (running > 0) {
    co_await all_ended.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (trouble) co_return tl::unexpected<Error>(*std::move(trouble));
  co_return Result<void>();
}

Error unexpected_trouble(const std::exception_ptr& exception) {
  std::string what = "of an unknown kind";
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& known) {
    what = known.what();
  } catch (...) {
  }
  return {fmt::format("an unexpected trouble: {}", what),
          {},
          "Nothing is lost: start it again, and report this."};
}

}  // namespace dskeeper::cli
