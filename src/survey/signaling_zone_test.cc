// RFC 9615 §4.3: which children a signaling zone has, by transfer and by walk, against fake
// servers.
#include "survey/signaling_zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "net/test_tcp_server.h"
#include "net/testing/fake_server.h"
#include "survey/test_nsec_zone.h"

namespace dskeeper::survey {
namespace {

using boost::asio::awaitable;
using dns::RecordType;
using test::name;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int resolver_host = 8;
const std::string op = "_signal.ns1.op.";
const Bytes cds = dns::Ds::parse("1 13 2 " + std::string(64, 'A'))->to_rdata();
const Bytes other_cds = dns::Ds::parse("2 13 2 " + std::string(64, 'B'))->to_rdata();

IpAddress address(int host) {
  return IpAddress::parse("127.0.0." + std::to_string(host)).value();
}

dns::Record soa(const std::string& zone, std::uint8_t serial) {
  Bytes rdata = {0, 0, 0, 0, 0, serial};  // the root twice
  rdata.resize(rdata.size() + 16);
  return {name(zone), RecordType::soa, dns::Ttl{60}, rdata};
}

std::vector<std::string> names_of(const SignalledChildren& children) {
  std::vector<std::string> names;
  for (const auto& [child, digest] : children) names.push_back(child.text());
  return names;
}

class SignalingZoneTest : public testing::Test {
 protected:
  SignalingZoneTest() : clock_(parse_time("2026-11-24T03:00:00Z").value()) {
    client_options_.port = net::free_port();
    client_options_.rate = 0;
    client_options_.network_rate = 0;
    client_options_.udp_sockets = 4;
    client_options_.timeout = std::chrono::milliseconds(500);
    client_options_.permit = {IpPrefix::parse("127.0.0.0/8").value()};
    resolver_options_.forward_to = Endpoint{address(resolver_host), client_options_.port};
    resolver_options_.permit = client_options_.permit;
    options_.zone = name(op);
    options_.hosts = {name("ns1.op.")};
    options_.parents = {name("example.")};
    serve(resolver_host, [this](const net::FakeQuery& query) { return resolve(query); });
  }

  void serve(int host, net::FakeBehaviour behaviour) {
    servers_.push_back(std::make_unique<net::FakeServer>(
        io_, address(host).text(), client_options_.port, std::move(behaviour)));
  }
  // A server that has the zone.
  void serve_zone(int host) {
    serve(host, [this](const net::FakeQuery& query) { return answer(query); });
  }

  net::FakeReply resolve(const net::FakeQuery& query) const {
    net::FakeMessage message;
    if (query.question.type == RecordType::ns && query.question.name == name("op.")) {
      const dns::Name host = name("ns1.op.");
      const ByteView wire = host.wire();
      message.answer.push_back(
          {query.question.name, RecordType::ns, dns::Ttl{300}, Bytes(wire.begin(), wire.end())});
    }
    if (query.question.type == RecordType::a) {
      for (const int host : hosts_) {
        const IpAddress found = address(host);
        const ByteView octets = found.octets();
        message.answer.push_back({query.question.name, RecordType::a, dns::Ttl{300},
                                  Bytes(octets.begin(), octets.end())});
      }
    }
    return net::reply_with(query, message);
  }

  net::FakeReply answer(const net::FakeQuery& query) {
    net::FakeMessage message;
    if (query.question.type == RecordType::soa) {
      ++serial_questions_;
      message.answer = {soa(op, serial_)};
    } else if (const auto record = zone_.record_for(query.question.name)) {
      ++walk_questions_;
      message.authority = {*record};
    }
    return net::reply_with(query, message);
  }

  // refresh(), so many times.
  Result<void> refresh(int times = 1) {
    Result<void> result;
    if (client_ == nullptr) {
      client_ = std::make_unique<net::DnsClient>(io_.get_executor(), client_options_);
      resolver_ = net::Resolver::create(io_.get_executor(), resolver_options_).value();
      reader_ = std::make_unique<SignalingZone>(options_, *client_, *resolver_, clock_);
    }
    boost::asio::co_spawn(io_, refresh_all(times, result), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
    io_.run();
    return result;
  }
  awaitable<void> refresh_all(int times, Result<void>& result) {
    for (int i = 0; i < times; ++i) {
      result = co_await reader_->refresh();
      between_();
    }
    co_await client_->close();
    co_await resolver_->close();
    for (const auto& server : servers_) server->stop();
  }

  [[nodiscard]] std::vector<std::string> children(const char* host = "ns1.op.") const {
    const auto found = reader_->children().find(name(host));
    return found == reader_->children().end() ? std::vector<std::string>()
                                              : names_of(found->second);
  }

  boost::asio::io_context io_{1};
  FixedClock clock_;
  net::DnsClientOptions client_options_;
  net::ResolverOptions resolver_options_;
  SignalingZoneOptions options_;
  std::vector<int> hosts_ = {1};  // the addresses of ns1.op., which serves op.
  test::NsecZone zone_{op};
  std::uint8_t serial_ = 1;
  std::atomic<int> serial_questions_ = 0;
  int walk_questions_ = 0;
  std::function<void()> between_ = [] {};
  std::vector<std::unique_ptr<net::FakeServer>> servers_;
  std::unique_ptr<net::DnsClient> client_;
  std::unique_ptr<net::Resolver> resolver_;
  std::unique_ptr<SignalingZone> reader_;
};

TEST_F(SignalingZoneTest, S4_3_AWalkFindsTheChildrenOfOurParentsOnly) {
  options_.walk = true;
  for (const char* owner : {"_dsboot.a.alpha.", "_dsboot.a.example.", "_dsboot.b.sub.example.",
                            "other.example.", "_dsboot.z.test."}) {
    zone_.add(owner + op);
  }
  serve_zone(1);
  const Result<void> done = refresh();
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_THAT(children(), ElementsAre("a.example.", "b.sub.example."));
  // Nothing before `example.` or behind it is asked for.
  EXPECT_EQ(walk_questions_, 4);
}

TEST_F(SignalingZoneTest, AZoneWhoseSerialStandsIsNotWalkedAgain) {
  options_.walk = true;
  zone_.add("_dsboot.a.example." + op);
  serve_zone(1);
  between_ = [&] { clock_.advance(std::chrono::minutes(15)); };
  ASSERT_TRUE(refresh(3));
  EXPECT_EQ(serial_questions_, 3);
  EXPECT_EQ(walk_questions_, 2);
}

TEST_F(SignalingZoneTest, AZoneIsWalkedAgainWhereItsSerialMovedAndAfterADay) {
  options_.walk = true;
  zone_.add("_dsboot.a.example." + op);
  serve_zone(1);
  int times = 0;
  between_ = [&] {
    ++times;
    if (times == 1) {
      zone_.add("_dsboot.b.example." + op);
      serial_ = 2;
    } else {
      zone_.add("_dsboot.c.example." + op);
      clock_.advance(signaling_zone_kept);
    }
  };
  ASSERT_TRUE(refresh(3));
  EXPECT_THAT(children(), ElementsAre("a.example.", "b.example.", "c.example."));
}

TEST_F(SignalingZoneTest, AServerThatRefusesOrIsSilentIsPassedOver) {
  options_.walk = true;
  hosts_ = {1, 2, 3};
  zone_.add("_dsboot.a.example." + op);
  serve(1, [](const net::FakeQuery& query) {
    net::FakeMessage refused;
    refused.rcode = dns::Rcode::refused;
    return net::reply_with(query, refused);
  });
  serve(2, [](const net::FakeQuery& /*query*/) { return net::FakeReply(); });
  serve_zone(3);
  const Result<void> done = refresh();
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_THAT(children(), ElementsAre("a.example."));
}

TEST_F(SignalingZoneTest, WhereNobodyAnswersWhatWasReadStays) {
  options_.walk = true;
  zone_.add("_dsboot.a.example." + op);
  bool is_down = false;
  serve(1, [&](const net::FakeQuery& query) { return is_down ? net::FakeReply() : answer(query); });
  between_ = [&] {
    is_down = true;
    serial_ = 2;
  };
  const Result<void> done = refresh(2);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text(), HasSubstr("the server gives no answer (timeout)"));
  EXPECT_THAT(children(), ElementsAre("a.example."));
}

// A primary that gives transfers.
class TransferredSignalingZone : public SignalingZoneTest {
 protected:
  TransferredSignalingZone()
      : primary_([this](const Bytes& request) {
          const bool is_soa = request.at(question_type(request)) == 6;
          ++(is_soa ? serial_questions_ : transfers_);
          const dns::Rcode rcode = refuses_ ? dns::Rcode::refused : dns::Rcode::noerror;
          std::vector<dns::Record> answer = {soa(apex_, serial_)};
          if (!is_soa) {
            answer.insert(answer.end(), records_.begin(), records_.end());
            answer.push_back(soa(apex_, serial_));
          }
          if (refuses_) answer.clear();
          return net::TestReply{{net::make_response(request, rcode, answer)}};
        }) {
    options_.axfr = primary_.endpoint();
  }

  // Where the low octet of the question's type stands.
  static std::size_t question_type(const Bytes& request) {
    std::size_t end = 12;
    while (request.at(end) != 0) end += request[end] + std::size_t{1};
    return end + 2;
  }

  void add(const std::string& owner, RecordType type = RecordType::cds, const Bytes& rdata = cds) {
    records_.push_back({name(owner), type, dns::Ttl{60}, rdata});
  }

  std::string apex_ = op;
  std::vector<dns::Record> records_;
  std::atomic<bool> refuses_ = false;
  std::atomic<int> transfers_ = 0;
  net::TestTcpServer primary_;
};

TEST_F(TransferredSignalingZone, S4_3_ATransferGivesTheChildrenOfOurParents) {
  add("_dsboot.a.example." + op);
  add("_dsboot.a.example." + op, RecordType::cdnskey, Bytes(68, 1));
  add("_dsboot.b.test." + op);
  add("_dsboot.c.example." + op, RecordType::a, {192, 0, 2, 1});
  add("_dsboot.d.example._signal.ns2.op.");
  const Result<void> done = refresh();
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_THAT(children(), ElementsAre("a.example."));
}

TEST_F(TransferredSignalingZone, OneZoneMayHaveTheSignalsOfAllHosts) {
  apex_ = "op.";
  options_.zone = name("op.");
  options_.hosts = {name("ns1.op."), name("ns2.op.")};
  add("_dsboot.a.example._signal.ns1.op.");
  add("_dsboot.b.example._signal.ns2.op.");
  ASSERT_TRUE(refresh());
  EXPECT_THAT(children("ns1.op."), ElementsAre("a.example."));
  EXPECT_THAT(children("ns2.op."), ElementsAre("b.example."));
  EXPECT_EQ(transfers_, 1);
}

TEST_F(TransferredSignalingZone, ADigestTellsWhetherTheRecordsOfAChildHaveChanged) {
  add("_dsboot.a.example." + op);
  add("_dsboot.a.example." + op, RecordType::cdnskey, Bytes(68, 1));
  add("_dsboot.b.example." + op);
  SignalledChildren first;
  between_ = [&] {
    if (!first.empty()) return;
    first = reader_->children().at(name("ns1.op."));
    std::swap(records_[0], records_[1]);  // in another order they are the same
    records_[2].rdata = other_cds;
    serial_ = 2;
  };
  ASSERT_TRUE(refresh(2));
  const SignalledChildren& second = reader_->children().at(name("ns1.op."));
  EXPECT_EQ(first.at(name("a.example.")), second.at(name("a.example.")));
  EXPECT_NE(first.at(name("b.example.")), second.at(name("b.example.")));
}

TEST_F(TransferredSignalingZone, AZoneWhoseSerialStandsIsNotTransferredAgain) {
  ASSERT_TRUE(refresh(3));
  EXPECT_EQ(serial_questions_, 3);
  EXPECT_EQ(transfers_, 1);
}

TEST_F(TransferredSignalingZone, ARefusedTransferIsAnErrorThatSaysWhatToDo) {
  refuses_ = true;
  const Result<void> done = refresh();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text(), HasSubstr("REFUSED"));
}

TEST_F(TransferredSignalingZone, WhereATransferFailsTheZoneIsWalkedIfThatIsAllowed) {
  refuses_ = true;
  options_.walk = true;
  zone_.add("_dsboot.w.example." + op);
  serve_zone(1);
  const Result<void> done = refresh();
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_THAT(children(), ElementsAre("w.example."));
}

}  // namespace
}  // namespace dskeeper::survey
