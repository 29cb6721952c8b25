#include "net/unbound_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unbound.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <thread>

#include "dns/wire_reader.h"
#include "net/testing/fake_server.h"

namespace dskeeper::net {
namespace {

using dns::RecordType;
using Security = UnboundAnswer::Security;

dns::Name name(const char* text) {
  return dns::Name::parse(text).value();
}

Bytes wire(const char* text) {
  const dns::Name parsed = name(text);
  return {parsed.wire().begin(), parsed.wire().end()};
}

Bytes soa(std::uint32_t minimum_s) {
  Bytes rdata = wire("ns.zone.example.");
  dns::put_bytes(rdata, wire("hostmaster.zone.example."));
  for (const std::uint32_t field : {1U, 3600U, 600U, 86400U, minimum_s}) dns::put_u32(rdata, field);
  return rdata;
}

dns::Record record(const char* owner, RecordType type, std::uint32_t ttl_s, Bytes rdata) {
  return {name(owner), type, dns::Ttl{ttl_s}, std::move(rdata)};
}

// A forwarder's answers, each of another kind.
struct Case {
  const char* kind;
  const char* name;
  RecordType type;
  FakeMessage message;
};

std::vector<Case> cases() {
  const auto mx = [](const char* host) {
    Bytes rdata = {0, 10};
    dns::put_bytes(rdata, wire(host));
    return rdata;
  };
  const dns::Record zone_soa = record("zone.example.", RecordType::soa, 900, soa(17));
  constexpr RecordType type_mx{15};
  constexpr RecordType type_dsync{66};
  using dns::Rcode;
  return {
      {"data",
       "two.zone.example.",
       RecordType::a,
       {.answer = {record("two.zone.example.", RecordType::a, 300, {192, 0, 2, 1}),
                   record("two.zone.example.", RecordType::a, 300, {192, 0, 2, 2})}}},
      {"a TTL beyond our limit",
       "long.zone.example.",
       RecordType::a,
       {.answer = {record("long.zone.example.", RecordType::a, 86400, {192, 0, 2, 1})}}},
      {"data behind a CNAME of shorter life",
       "alias.zone.example.",
       RecordType::a,
       {.answer = {record("alias.zone.example.", RecordType::cname, 40, wire("b.zone.example.")),
                   record("b.zone.example.", RecordType::a, 300, {192, 0, 2, 3})}}},
      {"the CNAME itself",
       "itself.zone.example.",
       RecordType::cname,
       {.answer = {record("itself.zone.example.", RecordType::cname, 40,
                          wire("two.zone.example."))}}},
      {"a CNAME to nothing of that type",
       "none.zone.example.",
       RecordType::a,
       {.answer = {record("none.zone.example.", RecordType::cname, 40, wire("c.zone.example."))},
        .authority = {zone_soa}}},
      {"a CNAME to no name",
       "gone.zone.example.",
       RecordType::a,
       {.rcode = Rcode::nxdomain,
        .answer = {record("gone.zone.example.", RecordType::cname, 40, wire("d.zone.example."))},
        .authority = {zone_soa}}},
      {"names that compress",
       "served.zone.example.",
       RecordType::ns,
       {.answer = {record("served.zone.example.", RecordType::ns, 300, wire("ns.zone.example.")),
                   record("served.zone.example.", RecordType::ns, 300,
                          wire("ns.served.zone.example."))}}},
      {"names behind numbers",
       "mail.zone.example.",
       type_mx,
       {.answer = {record("mail.zone.example.", type_mx, 300, mx("mx.zone.example."))}}},
      {"a SOA", "zone.example.", RecordType::soa, {.answer = {zone_soa}}},
      {"a type that libunbound does not know",
       "sync.zone.example.",
       type_dsync,
       {.answer = {record("sync.zone.example.", type_dsync, 300, {0, 59, 1, 0, 53, 0})}}},
      {"no such name",
       "absent.zone.example.",
       RecordType::a,
       {.rcode = Rcode::nxdomain, .authority = {zone_soa}}},
      {"no such type", "bare.zone.example.", RecordType::a, {.authority = {zone_soa}}},
      {"no such type, and no SOA", "silent.zone.example.", RecordType::a, {}},
      {"a failure", "broken.zone.example.", RecordType::a, {.rcode = Rcode::servfail}},
      {"a refusal", "refused.zone.example.", RecordType::a, {.rcode = Rcode::refused}},
      {"libunbound's own data", "localhost.", RecordType::a, {}},
  };
}

FakeReply answer_of(const FakeQuery& query) {
  for (const Case& one : cases()) {
    if (query.question == dns::Question{name(one.name), one.type}) {
      return reply_with(query, one.message);
    }
  }
  // The end of a CNAME chain, which libunbound asks for again.
  for (const Case& one : cases()) {
    for (const dns::Record& found : one.message.answer) {
      if (found.owner == query.question.name && found.type == query.question.type) {
        return reply_with(query, {.answer = {found}});
      }
    }
  }
  FakeMessage denial{.authority = {record("zone.example.", RecordType::soa, 900, soa(17))}};
  if (query.question.name == name("d.zone.example.")) denial.rcode = dns::Rcode::nxdomain;
  return reply_with(query, denial);
}

// By the interface that fills a `ub_result`, as libunbound itself reads the packet.
class Oracle {
 public:
  explicit Oracle(const Endpoint& forwarder) : context_(ub_ctx_create()) {
    const std::string to = forwarder.address.text() + "@" + std::to_string(forwarder.port);
    EXPECT_EQ(ub_ctx_set_fwd(context_, to.c_str()), 0);
    const std::vector<std::pair<const char*, std::string>> settings = {
        {"do-not-query-localhost:", "no"},
        {"cache-max-ttl:", std::to_string(cached_ttl_max_s)},
        {"cache-max-negative-ttl:", std::to_string(cached_trouble_s)},
    };
    for (const auto& [option, value] : settings) {
      EXPECT_EQ(ub_ctx_set_option(context_, option, value.c_str()), 0);
    }
  }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;
  ~Oracle() { ub_ctx_delete(context_); }

  Resolution ask(const dns::Question& question) {
    ub_result* result = nullptr;
    EXPECT_EQ(ub_resolve(context_, question.name.text().c_str(), static_cast<int>(question.type), 1,
                         &result),
              0);
    Resolution resolution;
    resolution.status = result->havedata != 0   ? ResolutionStatus::insecure
                        : result->nxdomain != 0 ? ResolutionStatus::nxdomain
                        : result->rcode == 0    ? ResolutionStatus::nodata
                                                : ResolutionStatus::servfail;
    resolution.ttl = dns::Ttl{static_cast<std::uint32_t>(result->ttl)};
    for (int at = 0; result->havedata != 0 && result->data[at] != nullptr; ++at) {
      const auto* const octets = reinterpret_cast<const std::uint8_t*>(result->data[at]);
      resolution.rdata.emplace_back(octets, octets + result->len[at]);
    }
    const auto* const packet = static_cast<const std::uint8_t*>(result->answer_packet);
    resolution.wire.assign(packet, packet + result->answer_len);
    ub_resolve_free(result);
    return resolution;
  }

 private:
  ub_ctx* context_;
};

boost::asio::awaitable<void> ask_all(Resolver& resolver, std::vector<Resolution>& found) {
  std::vector<dns::Question> questions;
  for (const Case& one : cases()) questions.push_back({name(one.name), one.type});
  found = co_await resolver.resolve_all(questions);
  co_await resolver.close();
}

TEST(UnboundAnswer, IsReadAsLibunboundReadsIt) {
  boost::asio::io_context io{1};
  ResolverOptions options;
  options.forward_to = Endpoint{IpAddress::parse("127.0.0.1").value(), free_port()};
  options.permit = {IpPrefix::parse("127.0.0.0/8").value()};
  FakeServer server(io, "127.0.0.1", options.forward_to->port, answer_of);
  const auto resolver = Resolver::create(io.get_executor(), options).value();
  std::vector<Resolution> found;
  std::vector<Resolution> expected;
  std::thread thread;
  boost::asio::co_spawn(io, ask_all(*resolver, found), [&](const std::exception_ptr& error) {
    ASSERT_FALSE(error);
    // It waits for the server, which runs here.
    thread = std::thread([&] {
      Oracle oracle(*options.forward_to);
      for (const Case& one : cases()) expected.push_back(oracle.ask({name(one.name), one.type}));
      boost::asio::post(io, [&] { server.stop(); });
    });
  });
  io.run();
  thread.join();
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t at = 0; at < found.size(); ++at) {
    SCOPED_TRACE(cases()[at].kind);
    EXPECT_EQ(to_text(found[at].status), to_text(expected[at].status));
    EXPECT_THAT(found[at].rdata, testing::UnorderedElementsAreArray(expected[at].rdata));
    // A second may have ended on the way.
    EXPECT_NEAR(found[at].ttl.seconds, expected[at].ttl.seconds, 1);
    EXPECT_EQ(found[at].is_validated, expected[at].is_validated);
  }
}

Resolution read(const FakeMessage& message, Security security, const char* why = nullptr) {
  const dns::Question question{name("two.zone.example."), RecordType::a};
  const Bytes packet = encode({0, question}, message);
  return resolution_of(question, {0, packet, security, why});
}

const FakeMessage data = {
    .answer = {record("two.zone.example.", RecordType::a, 300, {192, 0, 2, 1})}};
const FakeMessage denial = {.rcode = dns::Rcode::nxdomain};

TEST(UnboundAnswer, IsAsSecureAsItWasFound) {
  struct {
    FakeMessage message;
    Security security;
    ResolutionStatus status;
    bool is_validated;
  } const table[] = {
      {data, Security::secure, ResolutionStatus::secure, true},
      {data, Security::insecure, ResolutionStatus::insecure, false},
      {data, Security::bogus, ResolutionStatus::bogus, false},
      {denial, Security::secure, ResolutionStatus::nxdomain, true},
      {denial, Security::insecure, ResolutionStatus::nxdomain, false},
      {denial, Security::bogus, ResolutionStatus::bogus, false},
      {{}, Security::secure, ResolutionStatus::nodata, true},
  };
  for (const auto& row : table) {
    const Resolution resolution = read(row.message, row.security);
    EXPECT_EQ(to_text(resolution.status), to_text(row.status));
    EXPECT_EQ(resolution.is_validated, row.is_validated);
    EXPECT_EQ(resolution.rdata.size(), resolution.has_data() ? 1U : 0U);
  }
}

TEST(UnboundAnswer, SaysWhyItIsBogus) {
  EXPECT_EQ(read(data, Security::bogus, "no keys").why, "no keys");
  EXPECT_EQ(read(data, Security::bogus).why, "validation failed");
  // RFC 8509 §3: neither bogus nor secure by libunbound's number.
  EXPECT_EQ(read(data, Security::insecure, "sentinel").status, ResolutionStatus::bogus);
}

TEST(UnboundAnswer, WithoutAPacketIsAnErrorMessage) {
  const dns::Question question{name("two.zone.example."), RecordType::a};
  const Resolution resolution = resolution_of(question, {2, {}, Security::insecure, nullptr});
  EXPECT_EQ(resolution.status, ResolutionStatus::servfail);
  EXPECT_EQ(resolution.why, "the resolver says SERVFAIL");
  EXPECT_EQ(resolution.wire, (Bytes{0, 0, 0x81, 0x82, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(UnboundAnswer, CutOffAnywhereGivesNoData) {
  const dns::Question question{name("two.zone.example."), RecordType::a};
  const Bytes packet = encode({0, question}, data);
  for (std::size_t octets = 0; octets < packet.size(); ++octets) {
    const ByteView part = ByteView(packet).first(octets);
    const Resolution resolution = resolution_of(question, {0, part, Security::secure, nullptr});
    EXPECT_EQ(resolution.status, ResolutionStatus::servfail) << octets;
    EXPECT_FALSE(resolution.is_validated) << octets;
    EXPECT_TRUE(resolution.rdata.empty()) << octets;
  }
}

}  // namespace
}  // namespace dskeeper::net
