#include "http/front_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dskeeper::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";

IpAddress address(std::string_view text) {
  return IpAddress::parse(text).value();
}
IpPrefix prefix(std::string_view text) {
  return IpPrefix::parse(text).value();
}
const Time start = parse_time("2026-11-29T00:00:00Z").value();

Request request_for(std::string_view target) {
  Request request;
  request.target = Target::parse(target).value();
  request.host = "127.0.0.1:8053";
  request.client = address("192.0.2.1");
  request.local = address("127.0.0.1");
  return request;
}

FrontDoorSettings settings() {
  FrontDoorSettings out;
  out.hosts = {"dskeeper.example"};
  out.token = Token::make(secret).value();
  return out;
}

std::vector<Route> routes() {
  const auto body = [](std::string text, Caching caching = Caching::none) {
    return [=](const Request&, const Parameters& parameters) {
      std::string all = text;
      for (const auto& [name, value] : parameters)
        all.append(" ").append(name).append("=").append(value);
      return Response{.content_type = "text/plain", .body = all, .caching = caching};
    };
  };
  return {
      {Method::get, "/", Access::everybody, body("front")},
      {Method::get, "/cases", Access::staff, body("cases")},
      {Method::get, "/cases/{name}", Access::everybody, body("case", Caching::revalidate)},
      {Method::post, "/cases/{name}/check", Access::everybody, body("check")},
      {Method::get, "/client", Access::everybody, [](const Request& request, const Parameters&) {
         return Response{.content_type = "text/plain", .body = request.client.text()};
       }}};
}

Response ask(const Request& request, const FrontDoorSettings& with = settings()) {
  return FrontDoor(with, routes()).answer(request, start);
}

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

TEST(FrontDoor, FindsTheRouteByItsParts) {
  EXPECT_EQ(ask(request_for("/")).body, "front");
  EXPECT_EQ(ask(request_for("/cases/a%2Fb")).body, "case name=a/b");
  EXPECT_EQ(ask(request_for("/cases/a/b")).status, Status::not_found);
}

TEST(Rfc9110, S15_5_6_AnotherMethodIsToldWhichOnesThereAre) {
  Request request = request_for("/cases/kid");
  request.method = Method::post;
  const Response response = ask(request);
  EXPECT_EQ(response.status, Status::method_not_allowed);
  EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
}

// A page of an attacker whose name points to our address: the browser takes us for the same origin.
TEST(FrontDoor, AnswersToItsOwnNamesAlone) {
  struct Row {
    const char* host;
    bool is_ours;
  };
  for (const Row& row :
       {Row{"127.0.0.1", true}, Row{"127.0.0.1:8053", true}, Row{"DSkeeper.example", true},
        Row{"dskeeper.example.:80", true}, Row{"attacker.example", false}, Row{"localhost", false},
        Row{"192.0.2.7", false}, Row{"", false}, Row{"a:b", false},
        Row{"127.0.0.1.attacker.example", false}, Row{"[::1]", false},
        Row{"127.0.0.1@attacker", false}}) {
    Request request = request_for("/");
    request.host = row.host;
    EXPECT_EQ(ask(request).status, row.is_ours ? Status::ok : Status::misdirected_request)
        << row.host;
  }
  FrontDoorSettings local = settings();
  local.is_local = true;
  Request request = request_for("/");
  request.host = "localhost:8053";
  EXPECT_EQ(ask(request, local).status, Status::ok);
  request.host = "[::1]:8053";
  request.local = address("::1");
  EXPECT_EQ(ask(request, local).status, Status::ok);
}

TEST(FrontDoor, AnotherSitesPageChangesNothing) {
  for (const auto& [origin, status] :
       {std::pair("", Status::ok), std::pair("http://127.0.0.1:8053", Status::ok),
        std::pair("https://127.0.0.1:8053", Status::ok),
        std::pair("https://attacker.example", Status::forbidden),
        std::pair("null", Status::forbidden)}) {
    Request request = request_for("/cases/kid/check");
    request.method = Method::post;
    request.origin = origin;
    EXPECT_EQ(ask(request).status, status) << origin;
  }
}

// Also with the token: who can make a browser ask in another name must get nothing.
TEST(FrontDoor, LooksAtTheHostFirst) {
  Request request = request_for("/cases");
  request.host = "attacker.example";
  request.authorization = "Bearer " + std::string(secret);
  EXPECT_EQ(ask(request).status, Status::misdirected_request);
}

TEST(FrontDoor, StaffShowsTheToken) {
  struct Row {
    std::string authorization;
    Status status;
  };
  for (const Row& row :
       {Row{"", Status::unauthorized}, Row{"Bearer " + std::string(secret), Status::ok},
        Row{"bearer " + std::string(secret), Status::ok},
        Row{"Bearer " + std::string(secret.substr(1)), Status::unauthorized},
        Row{"Bearer " + std::string(secret) + "0", Status::unauthorized},
        Row{"Basic " + std::string(secret), Status::unauthorized},
        Row{std::string(secret), Status::unauthorized}, Row{"Bearer ", Status::unauthorized}}) {
    Request request = request_for("/cases");
    request.authorization = row.authorization;
    const Response response = ask(request);
    EXPECT_EQ(response.status, row.status) << row.authorization;
    EXPECT_EQ(header(response, "Cache-Control"), "no-store");
    if (row.status == Status::unauthorized) {
      EXPECT_THAT(header(response, "WWW-Authenticate"), HasSubstr("Bearer"));
    }
  }
}

// On any listen address, loopback too.
TEST(FrontDoor, WithoutATokenNothingIsOpenToStaff) {
  FrontDoorSettings without = settings();
  without.token.reset();
  without.is_local = true;
  Request request = request_for("/cases");
  request.client = address("127.0.0.1");
  request.authorization = "Bearer ";
  EXPECT_EQ(ask(request, without).status, Status::unauthorized);
}

TEST(Rfc9457, S3_ErrorsAreProblems) {
  const Response response = ask(request_for("/nothing"));
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body, R"({"type":"about:blank","title":"Not Found","status":404,)"
                           R"("detail":"There is nothing at this address."})");
}

TEST(Rfc9110, S13_1_2_WhatTheClientHasIsNotSentAgain) {
  const Response first = ask(request_for("/cases/kid"));
  const std::string tag = header(first, "ETag");
  EXPECT_THAT(tag, testing::MatchesRegex("\"[0-9A-F]{32}\""));
  for (const std::string& shown : {tag, "W/" + tag, "\"x\", " + tag + " ", std::string("*")}) {
    Request request = request_for("/cases/kid");
    request.if_none_match = shown;
    const Response again = ask(request);
    EXPECT_EQ(again.status, Status::not_modified) << shown;
    EXPECT_THAT(again.body, IsEmpty());
    EXPECT_EQ(header(again, "ETag"), tag);
  }
  Request other = request_for("/cases/other");
  other.if_none_match = tag;
  EXPECT_EQ(ask(other).status, Status::ok);
}

TEST(FrontDoor, EachClientHasItsLimit) {
  FrontDoorSettings narrow = settings();
  narrow.client_rate = {2, std::chrono::seconds(1), 3};
  FrontDoor door(narrow, routes());
  std::vector<Status> seen;
  for (int count = 0; count < 4; ++count) {
    seen.push_back(door.answer(request_for("/"), start).status);
  }
  EXPECT_THAT(seen, ElementsAre(Status::ok, Status::ok, Status::ok, Status::too_many_requests));
  EXPECT_EQ(header(door.answer(request_for("/"), start), "Retry-After"), "1");
  Request other = request_for("/");
  other.client = address("192.0.2.2");
  EXPECT_EQ(door.answer(other, start).status, Status::ok);
  EXPECT_EQ(door.answer(request_for("/"), start + std::chrono::milliseconds(500)).status,
            Status::ok);
  EXPECT_THAT(door.counts(), ElementsAre(Pair(200U, 5U), Pair(429U, 2U)));
}

TEST(FrontDoor, OnlyATrustedProxyNamesTheClient) {
  FrontDoorSettings proxied = settings();
  proxied.trusted_proxies = {prefix("192.0.2.0/24"), prefix("2001:db8::/32")};
  struct Row {
    const char* peer;
    const char* forwarded;
    const char* client;
  };
  for (const Row& row :
       {Row{"192.0.2.1", "198.51.100.9", "198.51.100.9"},
        Row{"192.0.2.1", "203.0.113.5, 198.51.100.9", "198.51.100.9"},  // the first is a claim
        Row{"192.0.2.1", "198.51.100.9, 192.0.2.7", "198.51.100.9"},    // two proxies
        Row{"203.0.113.1", "198.51.100.9", "203.0.113.1"},              // no proxy of ours
        Row{"192.0.2.1", "", "192.0.2.1"}, Row{"192.0.2.1", "unknown", "192.0.2.1"},
        Row{"2001:db8::1", "2001:dead::1", "2001:dead::1"}}) {
    Request request = request_for("/client");
    request.client = address(row.peer);
    request.forwarded_for = row.forwarded;
    EXPECT_EQ(ask(request, proxied).body, row.client) << row.peer << " " << row.forwarded;
  }
}

TEST(Token, IsNoneThatCouldBeGuessed) {
  EXPECT_FALSE(Token::make("short"));
  EXPECT_FALSE(Token::make(std::string(40, ' ')));
  EXPECT_FALSE(Token::make(std::string(Token::octets_max + 1, 'a')));
}

TEST(RateMeter, KeepsAFullTableBounded) {
  RateMeter meter({1, std::chrono::seconds(1), 2});
  for (std::size_t key = 0; key < RateMeter::entries_max; ++key) {
    EXPECT_FALSE(meter.take(std::to_string(key), start));
  }
  // All others share one entry while those have asked lately …
  EXPECT_FALSE(meter.take("a", start));
  EXPECT_FALSE(meter.take("b", start));
  EXPECT_TRUE(meter.take("c", start));
  EXPECT_EQ(meter.entries(), RateMeter::entries_max);
  // … and have their own when they have not.
  EXPECT_FALSE(meter.take("c", start + std::chrono::seconds(3)));
  EXPECT_EQ(meter.entries(), 1U);
}

TEST(RateMeter, AClientIsA64InIpv6) {
  EXPECT_EQ(client_key(address("2001:db8::1")), client_key(address("2001:db8::2")));
  EXPECT_NE(client_key(address("2001:db8::1")), client_key(address("2001:db8:0:1::1")));
  EXPECT_NE(client_key(address("192.0.2.1")), client_key(address("192.0.2.2")));
}

TEST(Rfc9110, S5_6_7_DatesAreInTheFixedForm) {
  EXPECT_EQ(http_date(parse_time("1994-11-06T08:49:37Z").value()), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace dskeeper::http
