// The receiver as a part of `serve`: what is acknowledged is looked at, tried again, and kept over
// a new reading of the configuration.
#include "cli/notify_part.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <optional>

namespace dskeeper::cli {
namespace {

namespace asio = boost::asio;

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

// example. with one delegation, whose looks end when the test says so.
class FakeParent final : public KeptParent {
 public:
  explicit FakeParent(asio::io_context& context)
      : go_on_(context, asio::steady_timer::time_point::max()) {
    Delegation kid;
    kid.child = name("kid.example.");
    kid.parent = zone_;
    kid.name_servers = {{name("ns1.op.test."), {}}};
    snapshot_ = std::make_shared<parent::Snapshot>(zone_, "1", std::vector<Delegation>{kid});
  }
  [[nodiscard]] const dns::Name& zone() const override { return zone_; }
  [[nodiscard]] std::shared_ptr<const parent::Snapshot> snapshot() const override {
    return is_read ? snapshot_ : nullptr;
  }
  bool want_look(const dns::Name& /*child*/, Channel /*channel*/) override { return true; }
  [[nodiscard]] bool has_room_for(Channel /*channel*/) const override { return true; }
  [[nodiscard]] std::size_t looks_waiting() const override { return 0; }
  asio::awaitable<bool> look_at_notified(const Notice& notice) override {
    looks.push_back(notice);
    boost::system::error_code cancelled;
    if (waits) co_await go_on_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return answer;
  }
  void go_on() {
    waits = false;
    go_on_.cancel();
  }

  std::vector<Notice> looks;
  bool waits = false;
  bool answer = true;
  bool is_read = true;

 private:
  dns::Name zone_ = name("example.");
  std::shared_ptr<const parent::Snapshot> snapshot_;
  asio::steady_timer go_on_;
};

class NotifyPartTest : public testing::Test {
 protected:
  NotifyPartTest() {
    configuration_.notify.emplace();
    configuration_.notify->child_interval = std::chrono::milliseconds(1);
    // A port that is free over both, and ours from here on: other tests look for some, too.
    for (int i = 0; i < 100 && held_.size() < 2; ++i) hold_port();
    EXPECT_EQ(held_.size(), 2U);
    configuration_.notify->listen = {at_};
  }
  void hold_port() {
    held_.clear();
    net::Socket probe(AF_INET, SOCK_DGRAM);
    const net::SocketAddress any(Endpoint{IpAddress::parse("127.0.0.1").value(), 0});
    EXPECT_EQ(bind(probe.get(), any.get(), any.length), 0);
    at_ = net::endpoint_of(probe);
    for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
      if (type == SOCK_DGRAM) probe.close();
      auto socket = memory_.sockets.open(at_, type);
      if (socket) held_.push_back(*std::move(socket));
    }
  }
  std::unique_ptr<NotifyPart> make() {
    auto part =
        NotifyPart::make(context_.get_executor(), configuration_, {&parent_}, memory_, clock_);
    EXPECT_TRUE(part) << part.error().text();
    return std::move(part).value();
  }
  void begin(NotifyPart& part) {
    has_ended_ = false;
    asio::co_spawn(context_, part.run(),
                   [this](const std::exception_ptr& exception, const Result<void>& done) {
                     EXPECT_FALSE(exception);
                     EXPECT_TRUE(done);
                     has_ended_ = true;
                   });
  }
  bool run_until(const std::function<bool()>& holds) {
    for (int turn = 0; turn < 1000; ++turn) {
      if (holds()) return true;
      context_.restart();
      context_.run_for(std::chrono::milliseconds(5));
    }
    return false;
  }
  void end(NotifyPart& part) {
    part.stop();
    EXPECT_TRUE(run_until([this] { return has_ended_; }));
  }
  // A NOTIFY for CDS of kid.example.
  void send_notify() {
    const Bytes message = {0,   1, 0x24, 0,   0,   1,   0,   0,   0,   0, 0, 0,  3, 'k', 'i',
                           'd', 7, 'e',  'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 59, 0, 1};
    const net::SocketAddress to(at_);
    EXPECT_EQ(sendto(asker_.get(), message.data(), message.size(), 0, to.get(), to.length),
              static_cast<ssize_t>(message.size()));
  }
  // The RCODE of the next answer.
  std::optional<int> rcode() {
    std::array<std::uint8_t, 512> octets{};
    const ssize_t count = recv(asker_.get(), octets.data(), octets.size(), MSG_DONTWAIT);
    return count < 12 ? std::nullopt : std::optional<int>(octets[3] & 0x0F);
  }
  bool is_acknowledged() {
    return run_until([this] { return rcode() == 0; });
  }

  asio::io_context context_;
  SystemClock clock_;
  ReceiverMemory memory_;
  std::vector<std::shared_ptr<const net::Socket>> held_;
  Configuration configuration_;
  FakeParent parent_{context_};
  net::Socket asker_{AF_INET, SOCK_DGRAM};
  Endpoint at_;
  bool has_ended_ = false;
};

TEST_F(NotifyPartTest, AcknowledgesAtOnceAndLooks) {
  const auto part = make();
  parent_.waits = true;
  begin(*part);
  send_notify();
  EXPECT_TRUE(is_acknowledged());  // while the look is still under way
  ASSERT_TRUE(run_until([this] { return parent_.looks.size() == 1; }));
  EXPECT_EQ(parent_.looks[0].child, name("kid.example."));
  EXPECT_EQ(parent_.looks[0].source.text(), "127.0.0.1");
  parent_.go_on();
  end(*part);
  EXPECT_TRUE(memory_.left.empty());
  const web::NotifyStanding standing = part->standing();
  EXPECT_EQ(standing.waiting, 0U);
  EXPECT_EQ(standing.messages.at("taken"), 1U);
  EXPECT_EQ(standing.messages.at("unknown"), 0U);
}

TEST_F(NotifyPartTest, ALookThatCouldNotBeMadeIsTriedAgain) {
  const auto part = make();
  parent_.answer = false;
  begin(*part);
  send_notify();
  ASSERT_TRUE(run_until([this] { return parent_.looks.size() == 1; }));
  parent_.answer = true;
  EXPECT_TRUE(run_until([this] { return parent_.looks.size() == 2; }));
  EXPECT_EQ(parent_.looks[0].received_at, parent_.looks[1].received_at);
  end(*part);
  EXPECT_TRUE(memory_.left.empty());
}

TEST_F(NotifyPartTest, BeforeTheZoneWasReadNothingIsAcknowledged) {
  const auto part = make();
  parent_.is_read = false;
  begin(*part);
  send_notify();
  send_notify();
  bool is_answered = false;
  for (int turn = 0; turn < 20; ++turn) {
    context_.restart();
    context_.run_for(std::chrono::milliseconds(5));
    is_answered = is_answered || rcode().has_value();
  }
  EXPECT_FALSE(is_answered);
  parent_.is_read = true;
  send_notify();
  EXPECT_TRUE(is_acknowledged());
  end(*part);
}

// SIGHUP: the next configuration has the same sockets and what was left; what comes in between
// waits in the kernel.
TEST_F(NotifyPartTest, NothingIsLostBetweenTwoConfigurations) {
  auto first = make();
  parent_.waits = true;
  parent_.answer = false;
  begin(*first);
  send_notify();
  EXPECT_TRUE(is_acknowledged());
  ASSERT_TRUE(run_until([this] { return parent_.looks.size() == 1; }));
  const auto second = make();
  first->stop();
  send_notify();
  parent_.go_on();
  ASSERT_TRUE(run_until([this] { return has_ended_; }));
  first.reset();
  ASSERT_EQ(memory_.left.size(), 1U);

  parent_.answer = true;
  begin(*second);
  EXPECT_TRUE(is_acknowledged());
  EXPECT_TRUE(run_until([this] { return parent_.looks.size() >= 2; }));
  end(*second);
}

// The child waits for the end of a flooder's window; another sender's NOTIFY wakes the part.
TEST_F(NotifyPartTest, WhoJoinsAChildThatIsPostponedIsHeardAtOnce) {
  configuration_.notify->source_rate = 1;
  configuration_.notify->child_interval = std::chrono::milliseconds(100);
  const auto part = make();
  begin(*part);
  for (int i = 0; i < 200; ++i) send_notify();
  ASSERT_TRUE(run_until([this] { return !parent_.looks.empty(); }));
  send_notify();
  run_until([this] { return !rcode(); });
  const std::size_t looks = parent_.looks.size();
  net::Socket other(AF_INET, SOCK_DGRAM);
  const net::SocketAddress from(Endpoint{IpAddress::parse("127.9.9.9").value(), 0});
  ASSERT_EQ(bind(other.get(), from.get(), from.length), 0);
  std::swap(other, asker_);
  send_notify();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(run_until([&] { return parent_.looks.size() > looks; }));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  end(*part);
}

// SIGHUP has taken the zone out of the configuration.
TEST_F(NotifyPartTest, WhatIsLeftOfAZoneThatIsGoneIsPassedOver) {
  Notice notice;
  notice.child = name("kid.gone.");
  memory_.left.push_back(
      {notice, notify::Source::of(IpAddress::parse("192.0.2.1").value(), false), false});
  const auto part = make();
  begin(*part);
  EXPECT_TRUE(run_until([this] { return memory_.left.empty(); }));
  end(*part);
  EXPECT_TRUE(parent_.looks.empty());
}

TEST_F(NotifyPartTest, AnAddressThatIsTakenIsSaidSo) {
  ReceiverMemory another;
  const auto part =
      NotifyPart::make(context_.get_executor(), configuration_, {&parent_}, another, clock_);
  ASSERT_FALSE(part);
  EXPECT_NE(part.error().text().find(at_.text()), std::string::npos) << part.error().text();
}

}  // namespace
}  // namespace dskeeper::cli
