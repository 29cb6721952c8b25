// Test support: a surveyor with a fake resolver and fake name servers on 127/8.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/dns_client.h"
#include "net/resolver.h"
#include "net/testing/fake_server.h"
#include "survey/surveyor.h"

namespace dskeeper::survey::test {

using boost::asio::awaitable;
using dns::RecordType;
using net::FakeMessage;
using net::FakeQuery;
using net::FakeReply;

inline constexpr int resolver_host = 8;

inline dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}
inline IpAddress address(int host) {
  return IpAddress::parse("127.0.0." + std::to_string(host)).value();
}
inline const dns::Name kid = name("kid.example.");

inline dns::Dnskey key(std::uint8_t seed) {
  return {257, 3, dns::Algorithm::ecdsap256sha256, Bytes(64, seed)};
}
inline dns::Ds ds(std::uint8_t seed) {
  return dns::make_ds(kid, key(seed), dns::DigestType::sha256).value();
}

// A child's zone as one server has it: RDATA by type; what is not there is NODATA.
using Zone = std::map<RecordType, std::vector<Bytes>>;

inline FakeReply serve(const Zone& zone, const FakeQuery& query) {
  FakeMessage message;
  const auto found = zone.find(query.question.type);
  if (found != zone.end()) {
    for (const Bytes& rdata : found->second) {
      message.answer.push_back({kid, query.question.type, dns::Ttl{60}, rdata});
    }
  }
  return net::reply_with(query, message);
}

inline Zone asking(std::uint8_t seed) {
  return {{RecordType::cds, {ds(seed).to_rdata()}}, {RecordType::cdnskey, {key(seed).to_rdata()}}};
}

class SurveyorTest : public testing::Test {
 protected:
  SurveyorTest() {
    client_options_.port = net::free_port();
    client_options_.rate = 0;
    client_options_.network_rate = 0;
    client_options_.udp_sockets = 4;
    client_options_.permit = {IpPrefix::parse("127.0.0.0/8").value()};
    resolver_options_.forward_to = Endpoint{address(resolver_host), client_options_.port};
    resolver_options_.permit = client_options_.permit;
    delegation_.child = kid;
    delegation_.parent = name("example.");
    delegation_.revision = "7";
    behave(resolver_host, [this](const FakeQuery& query) { return resolve(query); });
  }

  void behave(int host, net::FakeBehaviour behaviour) {
    servers_[host] = std::make_unique<net::FakeServer>(io_, address(host).text(),
                                                       client_options_.port, std::move(behaviour));
  }
  void serve_zone(int host, const Zone& zone) {
    behave(host, [zone](const FakeQuery& query) { return serve(zone, query); });
  }
  // ns1 has 127.0.0.1 and so on; with glue unless it is to be found by the resolver.
  void delegate_to(int hosts, bool has_glue = true) {
    for (int host = 1; host <= hosts; ++host) {
      NameServer server{name("ns" + std::to_string(host) + ".op.example."), {}};
      if (has_glue) server.glue = {address(host)};
      delegation_.name_servers.push_back(server);
      found_[server.host] = address(host);
    }
  }
  FakeReply resolve(const FakeQuery& query) {
    FakeMessage message;
    const auto found = found_.find(query.question.name);
    if (found == found_.end()) {
      message.rcode = dns::Rcode::nxdomain;
    } else if (query.question.type == RecordType::a) {
      const ByteView octets = found->second.octets();
      message.answer = {
          {query.question.name, RecordType::a, dns::Ttl{300}, Bytes(octets.begin(), octets.end())}};
    }
    return net::reply_with(query, message);
  }

  Survey look(Depth depth, std::size_t first = 0) {
    client_.emplace(io_.get_executor(), client_options_);
    resolver_ = net::Resolver::create(io_.get_executor(), resolver_options_).value();
    surveyor_.emplace(*client_, *resolver_, options_, clock_);
    std::optional<Survey> survey;
    boost::asio::co_spawn(io_, finish(depth, first, survey), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
    io_.run();
    return *std::move(survey);
  }
  awaitable<void> finish(Depth depth, std::size_t first, std::optional<Survey>& survey) {
    const std::vector<SeenSerials>* standing = standing_ ? &*standing_ : nullptr;
    survey = co_await surveyor_->look(delegation_, depth, LookId{3}, first, standing);
    co_await client_->close();
    co_await resolver_->close();
    for (const auto& [host, server] : servers_) server->stop();
  }

  std::size_t questions() const {
    return client_->counts().udp_questions + client_->counts().tcp_questions;
  }

  boost::asio::io_context io_{1};
  SystemClock clock_;
  net::DnsClientOptions client_options_;
  net::ResolverOptions resolver_options_;
  SurveyorOptions options_;
  Delegation delegation_;
  std::optional<std::vector<SeenSerials>> standing_;
  std::map<int, std::unique_ptr<net::FakeServer>> servers_;
  std::map<dns::Name, IpAddress> found_;
  std::optional<net::DnsClient> client_;
  std::unique_ptr<net::Resolver> resolver_;
  std::optional<Surveyor> surveyor_;
};

}  // namespace dskeeper::survey::test
