// Pages and API over a store of many cases, as `serve` shows them, for wrk: bench/http runs it.
//
// Fills the store where it is not there yet, then serves until it is told to end.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>

#include "http/front_door.h"
#include "http/server.h"
#include "http_cases.h"
#include "made_up_past.h"
#include "net/listening_sockets.h"
#include "store/store.h"
#include "web/site.h"
#include "web/staff_api.h"

namespace dskeeper {
namespace {

constexpr std::size_t batch_cases = 10'000;
constexpr unsigned rate_unlimited = 1'000'000;

class NoDesk final : public web::Desk {
 public:
  bool want_look(const dns::Name& /*parent*/, const dns::Name& /*child*/) override { return true; }
  [[nodiscard]] std::size_t looks_waiting(const dns::Name& /*parent*/) const override { return 0; }
  [[nodiscard]] bool is_read(const dns::Name& /*parent*/) const override { return true; }
  // Made up, as the store's past.
  [[nodiscard]] std::optional<web::NotifyStanding> notify_standing() const override {
    return web::NotifyStanding{.waiting = 4,
                               .messages = {{"taken", 18'230},
                                            {"joined", 2'114},
                                            {"no-room", 0},
                                            {"unknown", 61},
                                            {"malformed", 3},
                                            {"unsigned-or-forged", 0}}};
  }
};

void fill(store::Store& store, std::size_t count) {
  for (std::size_t begin = 0; begin < count; begin += batch_cases) {
    const store::Batch batch = bench::http_cases(begin, std::min(begin + batch_cases, count));
    if (const auto done = store.commit(batch); !done) throw std::runtime_error(done.error().text());
  }
}

http::FrontDoorSettings door_settings(const std::string& token) {
  http::FrontDoorSettings door;
  door.is_local = true;
  door.token = http::Token::make(token).value();
  door.client_rate = {rate_unlimited, std::chrono::seconds(1), rate_unlimited};
  return door;
}

int serve(const std::string& path, std::size_t count, std::uint16_t port,
          const std::string& token) {
  const bool is_there = std::filesystem::exists(path);
  const SystemClock clock;
  const auto acts = store::open_store("sqlite:" + path, store::Access::read_write).value();
  if (!is_there) fill(*acts, count);
  if (!acts->find_census(bench::http_zone()).value()) {
    add_made_up_past(*acts, bench::http_zone(), bench::http_operators, count * 2, clock.now());
  }
  const auto store = store::open_store("sqlite:" + path, store::Access::read_only).value();
  web::Settings settings;
  settings.parents = {{bench::http_zone(), "bcp246"}};
  settings.version = "bench";
  settings.read_name = &dns::Name::parse;
  settings.shown_name = [](const dns::Name& shown) { return shown.text(); };
  NoDesk desk;
  web::Site site(settings, *store, desk, clock);
  web::StaffApi staff(
      settings, *store, desk, [&](const Act& act) { return acts->add_act(act); }, clock);
  std::vector<http::Route> routes = site.routes([] { return web::ServerCounts{}; });
  for (http::Route& route : staff.routes()) routes.push_back(std::move(route));
  http::FrontDoor door(door_settings(token), std::move(routes));
  boost::asio::io_context context{1};
  http::Server server(
      context.get_executor(),
      [&](http::Request request) { return door.answer(std::move(request), clock.now()); }, clock);
  net::ListeningSockets sockets(http::listening_purpose);
  const auto socket =
      sockets.open({IpAddress::parse("127.0.0.1").value(), port}, SOCK_STREAM).value();
  if (const auto listening = server.listen(*socket); !listening) {
    fmt::print(stderr, "{}\n", listening.error().text());
    return 1;
  }
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code&, int) { server.stop(); });
  fmt::print("ready\n");
  std::fflush(stdout);
  context.run();
  return 0;
}

}  // namespace
}  // namespace dskeeper

int main(int argc, char** argv) {
  CLI::App app("Serves pages and API over a store of many cases.");
  std::string path = "http_bench.db";
  std::size_t count = 1'000'000;
  std::uint16_t port = 8054;
  std::string token = "0123456789abcdef";
  app.add_option("--store", path, "The store; filled where it is not there");
  app.add_option("--cases", count, "So many cases");
  app.add_option("--port", port, "On 127.0.0.1");
  app.add_option("--token", token, "Of staff");
  CLI11_PARSE(app, argc, argv);
  try {
    return dskeeper::serve(path, count, port, token);
  } catch (const std::exception& exception) {
    fmt::print(stderr, "{}\n", exception.what());
    return 1;
  }
}
