// HTTP as a part of `serve`: over real sockets, on its own thread, beside the thread of the
// parents.
#include "cli/http_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <thread>

#include "cli/test_past.h"
#include "http/test_client.h"
#include "net/listening_sockets.h"

namespace dskeeper::cli {
namespace {

namespace asio = boost::asio;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class FakeParent final : public KeptParent {
 public:
  explicit FakeParent(dns::Name zone) : zone_(std::move(zone)) {}
  [[nodiscard]] const dns::Name& zone() const override { return zone_; }
  [[nodiscard]] std::shared_ptr<const parent::Snapshot> snapshot() const override {
    return nullptr;
  }
  bool want_look(const dns::Name& child, Channel channel) override {
    EXPECT_EQ(channel, Channel::named);
    EXPECT_EQ(std::this_thread::get_id(), thread_);
    wanted.push_back(child.text());
    if (on_wanted) on_wanted();
    return true;
  }
  [[nodiscard]] bool has_room_for(Channel /*channel*/) const override { return true; }
  [[nodiscard]] std::size_t looks_waiting() const override { return wanted.size(); }

  std::vector<std::string> wanted;
  std::function<void()> on_wanted;

 private:
  dns::Name zone_;
  std::thread::id thread_ = std::this_thread::get_id();
};

// A child with a past, looked at over HTTP while the parents' thread works.
class HttpPartTest : public testing::Test {
 protected:
  HttpPartTest() : parent_(past_.zone()) {
    bootstrap_by_delay(past_);
    configuration_.store.url = "sqlite:" + past_.path();
    ParentSettings settings;
    settings.zone = past_.zone();
    configuration_.parents = {settings};
    configuration_.http.emplace();
    for (int i = 0; i < 100 && held_ == nullptr; ++i) hold_port();
    EXPECT_NE(held_, nullptr);
    configuration_.http->token = "0123456789abcdef0123";
    put_on_roll();
  }

  // One that is free, and ours from here on: other tests look for some, too.
  void hold_port() {
    const Endpoint any{IpAddress::parse("127.0.0.1").value(), 0};
    const Endpoint at = net::endpoint_of(
        *net::ListeningSockets(http::listening_purpose).open(any, SOCK_STREAM).value());
    auto socket = sockets_.open(at, SOCK_STREAM);
    if (socket) held_ = *std::move(socket);
    configuration_.http->listen = {at};
  }

  void put_on_roll() {
    store::Batch batch;
    batch.roll = {{past_.zone(), past_.child.delegation.child, store::RollMark::without_ds}};
    batch.readings = {{past_.zone(), "1", rules::test::now}};
    ASSERT_TRUE(past_.store().commit(batch));
  }

  // Runs the part; `visit` is a visitor's, on a thread of its own.
  void while_served(const std::function<void(const Endpoint&)>& visit) {
    auto part =
        HttpPart::make(context_.get_executor(), configuration_, {&parent_}, sockets_, clock_);
    ASSERT_TRUE(part) << part.error().text();
    if (notify_report_) (*part)->set_notify_report(notify_report_);
    asio::co_spawn(context_, (*part)->run(), [](const std::exception_ptr& exception, auto done) {
      if (exception) std::rethrow_exception(exception);
      EXPECT_TRUE(done);
    });
    std::thread visitor([&] {
      visit(configuration_.http->listen.front());
      asio::post(context_, [&] { (*part)->stop(); });
    });
    context_.run();
    visitor.join();
    context_.restart();
  }

  std::string get(const Endpoint& at, const std::string& path) {
    http::TestClient client(at);
    client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return client.read_response();
  }

  Past past_{false};
  Configuration configuration_;
  FakeParent parent_;
  SystemClock clock_;
  asio::io_context context_;
  net::ListeningSockets sockets_{http::listening_purpose};
  std::shared_ptr<const net::Socket> held_;
  HttpPart::NotifyReport notify_report_;
};

TEST_F(HttpPartTest, ShowsTheChildWithItsChain) {
  const std::string path = "/domain/" + past_.child.delegation.child.text();
  std::string page;
  std::string json;
  while_served([&](const Endpoint& at) {
    page = get(at, path);
    json = get(at, "/api/v1/domains/" + past_.child.delegation.child.text());
  });
  EXPECT_THAT(page, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Accepted: a first DS set."),
                          HasSubstr("<svg class=\"chain\""), HasSubstr("The parent has no DS"),
                          HasSubstr("CDS ")));
  // What the picture shows in colours it says in words.
  EXPECT_THAT(page, HasSubstr("(good)"));
  EXPECT_THAT(json, AllOf(HasSubstr("\"chain\":{\"seen_at\":\""), HasSubstr("\"state\":\"good\"")));
}

TEST_F(HttpPartTest, PostsAWantedLookToTheParentsThread) {
  const std::string child = past_.child.delegation.child.text();
  std::promise<void> wanted;
  parent_.on_wanted = [&] { wanted.set_value(); };
  std::string response;
  while_served([&](const Endpoint& at) {
    http::TestClient client(at);
    client.send("POST /api/v1/domains/" + child +
                "/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    response = client.read_response();
    wanted.get_future().wait_for(std::chrono::seconds(10));
  });
  EXPECT_THAT(response, StartsWith("HTTP/1.1 202 "));
  EXPECT_THAT(parent_.wanted, ElementsAre(child));
}

// The clock that a request is answered by, which stands in its way until it is let go on.
class Gate final : public Clock {
 public:
  [[nodiscard]] Time now() const override {
    if (!reached_.exchange(true)) reached.set_value();
    opened_.wait();
    return SystemClock().now();
  }
  void open() { open_.set_value(); }

  mutable std::promise<void> reached;

 private:
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future();
  mutable std::atomic<bool> reached_ = false;
};

// A request is at work, the part shall end: nobody waits for that but who has to.
class HttpPartAtWork : public HttpPartTest {
 protected:
  Result<void> stopped(Duration end_time, const std::function<void()>& after_stop) {
    Gate gate;
    Result<void> result;
    {
      auto part = HttpPart::make(context_.get_executor(), configuration_, {&parent_}, sockets_,
                                 gate, end_time);
      EXPECT_TRUE(part);
      asio::co_spawn(context_, (*part)->run(), [&](const std::exception_ptr&, Result<void> done) {
        result = std::move(done);
        if (!result) gate.open();
      });
      std::thread visitor([&] {
        http::TestClient client(configuration_.http->listen.front());
        client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        gate.reached.get_future().wait();
        asio::post(context_, [&] { (*part)->stop(); });
        after_stop();
        if (end_time == HttpPart::end_time_max) gate.open();
      });
      context_.run();
      visitor.join();
    }
    return result;
  }
};

TEST_F(HttpPartAtWork, DoesNotHoldUpTheParentsThread) {
  const Result<void> result = stopped(HttpPart::end_time_max, [this] {
    std::promise<void> turn;
    asio::post(context_, [&] { turn.set_value(); });
    turn.get_future().wait();  // while the request still stands at the gate
  });
  EXPECT_TRUE(result);
}

TEST_F(HttpPartAtWork, SaysWhereItDoesNotEnd) {
  const Result<void> result = stopped(std::chrono::milliseconds(20), [] {});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), HasSubstr("takes longer to end than it may"));
}

// It is asked where the receiver works.
TEST_F(HttpPartTest, HearsHowTheNotifyReceiverDoes) {
  std::string without;
  while_served([&](const Endpoint& at) { without = get(at, "/metrics"); });
  EXPECT_THAT(without, Not(HasSubstr("dskeeper_notif")));
  notify_report_ = [home = std::this_thread::get_id()] {
    EXPECT_EQ(std::this_thread::get_id(), home);
    return web::NotifyStanding{.waiting = 3, .messages = {{"taken", 7}}};
  };
  std::string metrics;
  while_served([&](const Endpoint& at) { metrics = get(at, "/metrics"); });
  EXPECT_THAT(metrics, AllOf(HasSubstr("dskeeper_notified_looks 3"),
                             HasSubstr("dskeeper_notify_messages_total{outcome=\"taken\"} 7")));
}

TEST_F(HttpPartTest, FailsWhereItCannotListen) {
  net::ListeningSockets others(http::listening_purpose);
  const auto part =
      HttpPart::make(context_.get_executor(), configuration_, {&parent_}, others, clock_);
  ASSERT_FALSE(part);
  EXPECT_THAT(part.error().text(), HasSubstr("cannot serve HTTP at"));
}

// As at SIGHUP: the next one is made before the one that runs ends.
TEST_F(HttpPartTest, TheNextOneTakesOverTheSockets) {
  const auto next =
      HttpPart::make(context_.get_executor(), configuration_, {&parent_}, sockets_, clock_);
  ASSERT_TRUE(next);
  std::string first;
  while_served([&](const Endpoint& at) { first = get(at, "/healthz"); });
  std::string second;
  while_served([&](const Endpoint& at) { second = get(at, "/healthz"); });
  EXPECT_THAT(first, HasSubstr("alive"));
  EXPECT_THAT(second, HasSubstr("alive"));
}

}  // namespace
}  // namespace dskeeper::cli
