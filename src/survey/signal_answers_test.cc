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
  bool is_signed = true;
  dns::Rcode rcode = dns::Rcode::noerror;
};

SignalAnswer answer_of(const Signal& signal, Time now) {
  net::FakeMessage message;
  message.rcode = signal.rcode;
  message.answer = {{owner, RecordType::cds, dns::Ttl{60}, signal.rdata}};
  if (signal.is_signed) {
    const dns::Rrsig signature{.covered = RecordType::cds,
                               .algorithm = dns::Algorithm::ecdsap256sha256,
                               .labels = static_cast<std::uint8_t>(signal.labels),
                               .original_ttl = dns::Ttl{60},
                               .expiration = now + signal.ends,
                               .inception = now + signal.begins,
                               .key_tag = {},
                               .signer = name(signal.signer),
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
      {"without a signature", {.is_signed = false}, false},
      {"by the signaling name itself", {.signer = "_dsboot.kid.example._signal.ns1.op."}, false},
      {"by a zone aside", {.signer = "example."}, false},
      {"expanded from a wildcard", {.labels = 5}, false},
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
