// HTTP over real sockets on loopback: messages, their limits, and that nobody holds up others.
#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include "http/test_client.h"

namespace dskeeper::http {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view simple_request = "GET /a HTTP/1.1\r\nHost: here\r\n\r\n";

// Says what it was asked.
Response echo(const Request& request) {
  std::string body = request.method == Method::post ? "post" : "get";
  for (const std::string& segment : request.target.segments) body += "|" + segment;
  for (const auto& [name, value] : request.target.query)
    body.append("?").append(name).append("=").append(value);
  return {.content_type = "text/plain", .body = body + " " + request.host + " " + request.body};
}

TEST(Rfc9112, S9_3_SeveralRequestsOnOneConnectionAreAnsweredInOrder) {
  TestServer server(echo);
  TestClient client(server.at());
  client.send(
      "GET /a%2Fb?x=1 HTTP/1.1\r\nHost: here\r\n\r\nGET /c HTTP/1.1\r\nHost: there\r\n\r\n");
  EXPECT_THAT(client.read_response(),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nget|a/b?x=1 here ")));
  EXPECT_THAT(client.read_response(), EndsWith("\r\n\r\nget|c there "));
}

TEST(Rfc9112, S9_6_ClosesWhereTheClientWantsThat) {
  TestServer server(echo);
  TestClient client(server.at());
  client.send("GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_all(), HasSubstr("Connection: close\r\n"));
}

TEST(Rfc9112, S3_2_2_ARequestInAbsoluteFormNamesItsHost) {
  TestServer server(echo);
  TestClient client(server.at());
  client.send("GET http://there/a HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_THAT(client.read_response(), EndsWith("get|a there "));
}

TEST(Rfc9110, S9_3_2_HeadGetsTheHeaderAlone) {
  TestServer server(echo);
  TestClient client(server.at());
  client.send("HEAD /a HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_all(), AllOf(HasSubstr("Content-Length: 11\r\n"), EndsWith("\r\n\r\n")));
}

TEST(Rfc9110, S6_6_1_ResponsesSayWhenTheyWereMade) {
  TestServer server(echo);
  TestClient client(server.at());
  client.send(simple_request);
  EXPECT_THAT(client.read_response(), HasSubstr(" GMT\r\n"));
}

TEST(Rfc9110, S15_4_5_NotModifiedHasNoContent) {
  TestServer server([](const Request&) {
    return Response{.status = Status::not_modified, .headers = {{"ETag", "\"1\""}}};
  });
  TestClient client(server.at());
  client.send(simple_request);
  const std::string response = client.read_response();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_THAT(response, Not(HasSubstr("Content-Length")));
  client.send(simple_request);
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 304 Not Modified\r\n"));
}

TEST(Server, PostsHaveABody) {
  TestServer server(echo);
  TestClient client(server.at());
  client.send("POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_THAT(client.read_response(), EndsWith("post|a here body"));
}

struct Refused {
  std::string name;
  std::string request;
  std::string status;
};
class ServerRefuses : public testing::TestWithParam<Refused> {};

// What every response has, whoever made it.
testing::Matcher<std::string> has_security_headers() {
  return AllOf(HasSubstr("\r\nContent-Security-Policy: default-src 'none'; "),
               Not(HasSubstr("unsafe")), HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"),
               HasSubstr("\r\nReferrer-Policy: same-origin\r\n"),
               HasSubstr("\r\nCross-Origin-Resource-Policy: same-origin\r\n"));
}

TEST(Server, EveryResponseHasTheSecurityHeaders) {
  TestServer server(echo);
  TestClient client(server.at());
  client.send(simple_request);
  EXPECT_THAT(client.read_response(), has_security_headers());
}

TEST_P(ServerRefuses, WithAProblem) {
  TestServer server(echo, {.header_octets_max = 1024, .body_octets_max = 100});
  TestClient client(server.at());
  client.send(GetParam().request);
  EXPECT_THAT(
      client.read_response(),
      AllOf(StartsWith("HTTP/1.1 " + GetParam().status), HasSubstr("application/problem+json"),
            HasSubstr("\r\nCache-Control: no-store\r\n"), has_security_headers()));
}

INSTANTIATE_TEST_SUITE_P(
    Requests, ServerRefuses,
    testing::Values(
        Refused{"NoHost", "GET / HTTP/1.1\r\n\r\n", "400"},
        Refused{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
        Refused{"NoHttp", "\x16\x03\x01 what is this\r\n\r\n", "400"},
        Refused{"DotSegments", "GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        Refused{"LengthAndChunks",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: "
                "chunked\r\n\r\n0\r\n\r\n",
                "400"},
        Refused{"LargeHeader", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'x'), "431"},
        Refused{"LargeBody", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", "413"},
        Refused{"LargeChunks",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                "65\r\n" +
                    std::string(0x65, 'x') + "\r\n0\r\n\r\n",
                "413"}),
    [](const auto& param) { return param.param.name; });

TEST(Server, WhatIsThrownIsAProblemOfOurs) {
  TestServer server([](const Request&) -> Response { throw std::runtime_error("secret"); });
  TestClient client(server.at());
  client.send(simple_request);
  EXPECT_THAT(client.read_response(),
              AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("secret")), has_security_headers()));
}

TEST(Server, ASlowRequestIsNotWaitedFor) {
  TestServer server(echo, {.request_time = std::chrono::milliseconds(100)});
  TestClient client(server.at());
  client.send("GET / HTTP/1.1\r\nHost: ");
  EXPECT_THAT(client.read_all(), IsEmpty());
}

// Who sends an octet now and then gains nothing: the time is that of the whole request.
TEST(Server, ASlowRequestIsNotWaitedForWhateverTrickles) {
  TestServer server(echo, {.request_time = std::chrono::milliseconds(200)});
  const TestClient slow(server.at());
  slow.send("GET / HTTP/1.1\r\nX: ");
  const auto start = std::chrono::steady_clock::now();
  while (server.connections() > 0) {
    slow.try_send("x");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  }
}

// Slow-loris: as many as want to may wait with half a request, others are answered.
TEST(Server, ThousandHalfRequestsStopNobody) {
  TestServer server(echo, {.connections_max = 100, .connections_of_client_max = 50});
  std::vector<std::unique_ptr<TestClient>> half;
  for (int count = 0; count < 300; ++count) {
    half.push_back(std::make_unique<TestClient>(server.at(), "127.0.0.2"));
    half.back()->try_send("GET / HTTP/1.1\r\nHost: ");
    if (count % 10 != 0) continue;
    TestClient other(server.at());
    other.send(simple_request);
    EXPECT_THAT(other.read_response(), StartsWith("HTTP/1.1 200 "));
    // Also from the same address.
    TestClient same(server.at(), "127.0.0.2");
    same.send(simple_request);
    EXPECT_THAT(same.read_response(), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_LE(server.connections(), 100U);
}

TEST(Server, WhoGotNothingDoneForLongestMakesRoom) {
  TestServer server(echo, {.connections_max = 2});
  TestClient first(server.at());
  first.send(simple_request);
  EXPECT_THAT(first.read_response(), StartsWith("HTTP/1.1 200 "));
  TestClient second(server.at());
  second.send(simple_request);
  EXPECT_THAT(second.read_response(), StartsWith("HTTP/1.1 200 "));
  first.send(simple_request);
  EXPECT_THAT(first.read_response(), StartsWith("HTTP/1.1 200 "));
  TestClient third(server.at());
  third.send(simple_request);
  EXPECT_THAT(third.read_response(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(second.read_all(), IsEmpty());  // closed
  first.send(simple_request);
  EXPECT_THAT(first.read_response(), StartsWith("HTTP/1.1 200 "));
}

// What the parser does not count: the extension of a chunk, and what trails the last one.
TEST(Server, EndlessChunkExtensionsAndTrailersAreRefused) {
  for (const std::string begin : {"1;x=", "0\r\nX: "}) {
    TestServer server(echo, {.header_octets_max = 2'000, .body_octets_max = 2'000});
    TestClient client(server.at());
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + begin);
    const std::string more(1'000, 'a');
    for (int i = 0; i < 100; ++i) client.try_send(more);
    EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 4")) << begin;
  }
}

TEST(Server, AnExceptionEndsItsConnectionAndNothingElse) {
  std::promise<std::string> trouble;
  TestServer server(
      [](const Request& request) {
        if (request.target.segments != std::vector<std::string>{"events"}) return echo(request);
        return Response{.next_event = []() -> std::string { throw std::runtime_error("broken"); }};
      },
      {.event_interval = std::chrono::milliseconds(1)},
      [&](const std::string& text) { trouble.set_value(text); });
  TestClient client(server.at());
  client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(trouble.get_future().get(), "broken");
  TestClient other(server.at());
  other.send(simple_request);
  EXPECT_THAT(other.read_response(), StartsWith("HTTP/1.1 200 "));
}

TEST(Server, EventsEndWhereThereIsNothingMoreToTell) {
  TestServer server(
      [](const Request&) {
        return Response{.content_type = "text/event-stream",
                        .body = "data: first\n\n",
                        .next_event = []() -> std::optional<std::string> { return std::nullopt; }};
      },
      {.event_interval = std::chrono::milliseconds(1)});
  TestClient client(server.at());
  client.send(simple_request);
  EXPECT_THAT(client.read_all(), EndsWith("\r\n\r\ndata: first\n\n"));
}

TEST(Server, SendsEventsUntilTheClientHasGone) {
  auto sent = std::make_shared<std::atomic<int>>(0);
  TestServer server(
      [sent](const Request&) {
        return Response{
            .content_type = "text/event-stream", .body = "data: first\n\n", .next_event = [sent] {
              return "data: " + std::to_string(++*sent) + "\n\n";
            }};
      },
      {.streams_max = 1, .event_interval = std::chrono::milliseconds(5)});
  {
    TestClient client(server.at());
    client.send(simple_request);
    EXPECT_THAT(client.read_until("data: 3\n\n"),
                AllOf(HasSubstr("text/event-stream"), HasSubstr("data: first\n\ndata: 1\n\n")));
  }
  // When the client has gone its place is free.
  const auto start = std::chrono::steady_clock::now();
  std::string next;
  while (next != "HTTP/1.1 200 ") {
    ASSERT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10)) << next;
    TestClient client(server.at());
    client.send(simple_request);
    next = client.read_until("\r\n").substr(0, 13);
  }
}

TEST(ListeningSockets, AnAddressThatIsTakenIsSaidSo) {
  const Endpoint loopback{IpAddress::parse("127.0.0.1").value(), 0};
  net::ListeningSockets sockets(listening_purpose);
  const auto socket = sockets.open(loopback, SOCK_STREAM).value();
  const Endpoint at = net::endpoint_of(*socket);
  const auto taken = sockets.open(at, SOCK_STREAM);
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().text(), HasSubstr("cannot serve HTTP at " + at.text()));
}

}  // namespace
}  // namespace dskeeper::http
