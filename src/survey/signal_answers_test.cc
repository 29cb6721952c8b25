// RFC 9615 §4.2: which answers may be left to our own proof.
#include "survey/signal_answers.h"

#include <gtest/gtest.h>

#include <chrono>

#include "net/testing/fake_server.h"

namespace dskeeper::survey {
namespace {

using dns::RecordType;
using std::chrono::hours;

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

const Bytes cds = {0x12, 0x67, 13, 2, 0xAB};
const Bytes other_cds = {0x12, 0x68, 13, 2, 0xAB};
const dns::Name owner = name("_dsboot.kid.example._signal.ns1.op.");

struct Signal {
  Bytes rdata = cds;
  std::string signer = "_signal.ns1.op.";
  int labels = 6;
  hours begins{-1};
  hours ends{1};
  int signatures = 1;  // all but the first by the signaling zone, for the whole name
  dns::Rcode rcode = dns::Rcode::noerror;
};

SignalAnswer answer_of(const Signal& signal, Time now) {
  net::FakeMessage message;
  message.rcode = signal.rcode;
  message.answer = {{owner, RecordType::cds, dns::Ttl{60}, signal.rdata}};
  for (int i = 0; i < signal.signatures; ++i) {
    const dns::Rrsig signature{.covered = RecordType::cds,
                               .algorithm = dns::Algorithm::ecdsap256sha256,
                               .labels = static_cast<std::uint8_t>(i == 0 ? signal.labels : 6),
                               .original_ttl = dns::Ttl{60},
                               .expiration = now + signal.ends,
                               .inception = now + signal.begins,
                               .key_tag = dns::KeyTag{static_cast<std::uint16_t>(i)},
                               .signer = name(i == 0 ? signal.signer : "_signal.ns1.op."),
                               .signature = {}};
    Bytes rdata = signature.rdata_without_signature();
    rdata.resize(rdata.size() + 64, 7);
    message.answer.push_back({owner, RecordType::rrsig, dns::Ttl{60}, rdata});
  }
  SignalAnswer answer;
  answer.type = RecordType::cds;
  answer.wire = net::encode({1, {owner, RecordType::cds}}, message);
  return answer;
}

TEST(SignerOfExpected, IsOnlyToldOfWhatOneSignatureProves) {
  struct Row {
    const char* what;
    Signal signal;
    bool is_expected;
  };
  const Row rows[] = {
      {"as the apex has it", {}, true},
      {"by a zone further up", {.signer = "op."}, true},
      {"something else", {.rdata = other_cds}, false},
      {"without a signature", {.signatures = 0}, false},
      {"by the signaling name itself", {.signer = "_dsboot.kid.example._signal.ns1.op."}, false},
      {"by a zone aside", {.signer = "example."}, false},
      {"expanded from a wildcard", {.labels = 5}, false},
      {"by two keys of the zone", {.signatures = 2}, true},
      {"expanded from a wildcard, which another signature denies",
       {.labels = 5, .signatures = 2},
       false},
      {"by two zones", {.signer = "op.", .signatures = 2}, false},
      {"expired", {.begins = hours(-2), .ends = hours(-1)}, false},
      {"not valid yet", {.begins = hours(1), .ends = hours(2)}, false},
      {"with a failure", {.rcode = dns::Rcode::servfail}, false},
  };
  const Time now = parse_time("2026-11-24T03:00:00Z").value();
  const std::vector<ApexSays> apex = {{RecordType::cds, {cds}}};
  for (const Row& row : rows) {
    const auto signer = signer_of_expected(answer_of(row.signal, now), owner, apex, now);
    EXPECT_EQ(signer.has_value(), row.is_expected) << row.what;
    if (signer) {
      EXPECT_EQ(*signer, name(row.signal.signer)) << row.what;
    }
  }
  SignalAnswer damaged = answer_of({}, now);
  damaged.wire.pop_back();
  EXPECT_FALSE(signer_of_expected(damaged, owner, apex, now));
}

}  // namespace
}  // namespace dskeeper::survey
