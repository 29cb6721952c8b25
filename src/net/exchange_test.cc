#include "net/exchange.h"

#include <gtest/gtest.h>

#include "net/test_tcp_server.h"

namespace dskeeper::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const dns::Question question{dns::Name::parse("kid.example.").value(), dns::RecordType::ds};

Exchanged<Bytes> ask(const Endpoint& server, Duration timeout = seconds(5)) {
  return run_to_end(exchange(server, dns::make_query(4711, question), timeout));
}

TEST(Exchange, GivesTheMessageThatAnswersTheRequest) {
  TestTcpServer server([](const Bytes& request) {
    return TestReply{{make_response(request, dns::Rcode::nxrrset)}};
  });
  const auto response = ask(server.endpoint());
  ASSERT_TRUE(response) << response.error().error.text();
  EXPECT_TRUE(dns::is_response_to(*response, 4711, question));
}

TEST(Exchange, SaysThatNothingWasSentWhereNobodyListens) {
  Endpoint nobody;
  {
    const TestTcpServer gone([](const Bytes&) { return TestReply{}; });
    nobody = gone.endpoint();
  }
  const auto response = ask(nobody);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().trouble, ExchangeTrouble::unreachable);
  EXPECT_FALSE(response.error().was_sent());
  EXPECT_EQ(response.error().error.text(), nobody.text() + ": no connection: Connection refused.");
}

struct Case {
  const char* name;
  std::function<TestReply(const Bytes&)> reply;
  ExchangeTrouble trouble;
};

class ExchangeTroubles : public testing::TestWithParam<Case> {};

TEST_P(ExchangeTroubles, AreToldApart) {
  TestTcpServer server(GetParam().reply);
  const auto response = ask(server.endpoint(), milliseconds(300));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().trouble, GetParam().trouble) << response.error().error.text();
  EXPECT_TRUE(response.error().was_sent());
  EXPECT_EQ(response.error().error.where, server.endpoint().text());
}

Bytes with_octet(Bytes message, std::size_t at, std::uint8_t value) {
  message[at] = value;
  return message;
}

INSTANTIATE_TEST_SUITE_P(
    All, ExchangeTroubles,
    testing::Values(
        Case{"Silence",
             [](const Bytes&) {
               return TestReply{{}, true};
             },
             ExchangeTrouble::timed_out},
        Case{"HalfAMessage",
             [](const Bytes& request) {
               return TestReply{{make_response(request, dns::Rcode::noerror)}, true, 5};
             },
             ExchangeTrouble::timed_out},
        Case{"AClosedConnection", [](const Bytes&) { return TestReply{}; },
             ExchangeTrouble::closed},
        Case{"HalfAMessageAndTheEnd",
             [](const Bytes& request) {
               return TestReply{{make_response(request, dns::Rcode::noerror)}, false, 5};
             },
             ExchangeTrouble::closed},
        Case{"AnotherId",
             [](const Bytes& request) {
               Bytes response = make_response(request, dns::Rcode::noerror);
               response[0] ^= 0xFFU;
               return TestReply{{response}};
             },
             ExchangeTrouble::mismatched},
        Case{"TheRequestItself", [](const Bytes& request) { return TestReply{{request}}; },
             ExchangeTrouble::mismatched},
        Case{"AnotherOpcode",
             [](const Bytes& request) {
               return TestReply{{with_octet(make_response(request, dns::Rcode::noerror), 2, 0xA8)}};
             },
             ExchangeTrouble::mismatched},
        Case{"AnEmptyMessage", [](const Bytes&) { return TestReply{{Bytes{}}}; },
             ExchangeTrouble::mismatched}),
    [](const auto& tested) { return tested.param.name; });

TEST(Exchange, MayBeLeftInTheMiddle) {
  TestTcpServer server([](const Bytes&) { return TestReply{{}, true}; });
  boost::asio::io_context context;
  bool has_ended = false;
  boost::asio::co_spawn(
      context, exchange(server.endpoint(), dns::make_query(4711, question), seconds(60)),
      [&has_ended](const std::exception_ptr&, const Exchanged<Bytes>&) { has_ended = true; });
  context.run_for(milliseconds(100));
  EXPECT_FALSE(has_ended);
}  // the sanitizers watch what goes with the context

}  // namespace
}  // namespace dskeeper::net
