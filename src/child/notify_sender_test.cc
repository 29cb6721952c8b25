#include "child/notify_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <exception>
#include <functional>

namespace dskeeper::child {
namespace {

using boost::asio::ip::udp;
using std::chrono::milliseconds;
using testing::HasSubstr;

// Takes NOTIFY on a port of loopback, and answers what the test says.
class Receiver {
 public:
  // The RCODE of the answer to the message with this number, from 1; nothing: silence.
  using Behaviour = std::function<std::optional<int>(unsigned)>;

  Receiver(boost::asio::io_context& io, Behaviour behaviour)
      : socket_(io, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
        behaviour_(std::move(behaviour)) {
    listen();
  }
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] unsigned messages() const { return messages_; }
  void stop() { socket_.close(); }

 private:
  void listen() {
    socket_.async_receive_from(boost::asio::buffer(octets_), from_,
                               [this](const boost::system::error_code& error, std::size_t size) {
                                 if (error) return;
                                 const auto rcode = behaviour_(++messages_);
                                 if (rcode) answer(size, *rcode);
                                 listen();
                               });
  }
  void answer(std::size_t size, int rcode) {
    octets_[2] |= 0x80U;
    octets_[3] = static_cast<std::uint8_t>(rcode);
    socket_.send_to(boost::asio::buffer(octets_.data(), size), from_);
  }

  udp::socket socket_;
  Endpoint endpoint_{IpAddress::parse("127.0.0.1").value(), socket_.local_endpoint().port()};
  Behaviour behaviour_;
  udp::endpoint from_;
  std::array<std::uint8_t, 512> octets_{};
  unsigned messages_ = 0;
};

class NotifySender : public testing::Test {
 protected:
  Receiver& receive(Receiver::Behaviour behaviour) {
    receivers_.push_back(std::make_unique<Receiver>(io_, std::move(behaviour)));
    return *receivers_.back();
  }

  NotifyResult send(std::vector<Endpoint> to, milliseconds interval = milliseconds(50),
                    unsigned retries = 5) {
    NotifyOptions options;
    options.to = std::move(to);
    options.question = {dns::Name::parse("kid.example.").value(), dns::RecordType::cds};
    options.interval = interval;
    options.retries = retries;
    options.address_pause = milliseconds(20);
    std::optional<NotifyResult> result;
    boost::asio::co_spawn(io_, work(std::move(options), result),
                          [](const std::exception_ptr& error) {
                            if (error) std::rethrow_exception(error);
                          });
    io_.run();
    return *std::move(result);
  }
  boost::asio::awaitable<void> work(NotifyOptions options, std::optional<NotifyResult>& result) {
    result = co_await send_notify(std::move(options));
    for (const auto& receiver : receivers_) receiver->stop();
  }

  boost::asio::io_context io_{1};
  std::vector<std::unique_ptr<Receiver>> receivers_;
};

constexpr auto acknowledge = [](unsigned) { return std::optional(0); };
constexpr auto silence = [](unsigned) { return std::optional<int>(); };

TEST_F(NotifySender, SendsOnceToWhoAcknowledges) {
  Receiver& receiver = receive(acknowledge);
  const NotifyResult result = send({receiver.endpoint()}, std::chrono::seconds(60));
  EXPECT_EQ(result.rcode, dns::Rcode::noerror);
  EXPECT_EQ(result.from, receiver.endpoint());
  EXPECT_EQ(result.sent, 1U);
}

TEST(Rfc1996, S3_6_TheDefaultsAreTheReasonableOnes) {
  EXPECT_EQ(NotifyOptions().interval, std::chrono::seconds(60));
  EXPECT_EQ(NotifyOptions().retries, 5U);
}

// RFC 1996 §3.6.
TEST_F(NotifySender, SendsAgainWhereNobodyAnswers) {
  Receiver& receiver =
      receive([](unsigned number) { return number < 3 ? std::optional<int>() : std::optional(0); });
  const NotifyResult result = send({receiver.endpoint()});
  EXPECT_EQ(result.rcode, dns::Rcode::noerror);
  EXPECT_EQ(result.sent, 3U);
}

TEST_F(NotifySender, EndsAfterTheLastRetry) {
  Receiver& receiver = receive(silence);
  const NotifyResult result = send({receiver.endpoint()}, milliseconds(10), 2);
  EXPECT_FALSE(result.rcode);
  EXPECT_EQ(receiver.messages(), 3U);
  EXPECT_THAT(result.trouble, HasSubstr("is silent"));
}

TEST_F(NotifySender, AnyAnswerEndsIt) {
  Receiver& receiver = receive([](unsigned) { return std::optional(5); });
  const NotifyResult result = send({receiver.endpoint()}, std::chrono::seconds(60));
  EXPECT_EQ(result.rcode, dns::Rcode::refused);
  EXPECT_EQ(result.sent, 1U);
}

TEST_F(NotifySender, GoesToTheNextAddress) {
  Receiver& first = receive(silence);
  Receiver& second = receive(acknowledge);
  const NotifyResult result = send({first.endpoint(), second.endpoint()}, std::chrono::seconds(60));
  EXPECT_EQ(result.from, second.endpoint());
  EXPECT_EQ(first.messages(), 1U);
}

// RFC 1996 §3.6: an ICMP message that the port is unreachable.
TEST_F(NotifySender, LeavesOutAPortThatIsUnreachable) {
  Receiver& gone = receive(silence);
  const Endpoint nobody = gone.endpoint();
  gone.stop();
  const NotifyResult refused = send({nobody}, std::chrono::seconds(60));
  EXPECT_FALSE(refused.rcode);
  EXPECT_EQ(refused.sent, 1U);
  EXPECT_THAT(refused.trouble, HasSubstr("cannot be reached"));
}

TEST_F(NotifySender, WithoutAddressesThereIsNothingToDo) {
  EXPECT_THAT(send({}).trouble, HasSubstr("no address"));
}

}  // namespace
}  // namespace dskeeper::child
