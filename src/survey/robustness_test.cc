// Whatever a server sends has its word, and may end a timed look only where it can be parsed. Meant
// to be run under the sanitizers.
#include <gtest/gtest.h>

#include "base/test_mutation.h"
#include "net/testing/fake_server.h"
#include "survey/classify.h"
#include "survey/status_quo.h"

namespace dskeeper::survey {
namespace {

using dns::RecordType;

TEST(Robustness, Responses) {
  const dns::Name kid = dns::Name::parse("kid.example.").value();
  const dns::Question question{kid, RecordType::cds};
  const dns::Ds ds{dns::KeyTag{1}, dns::Algorithm::ecdsap256sha256, dns::DigestType::sha256,
                   Bytes(32, 7)};
  Delegation delegation;
  delegation.child = kid;
  delegation.ds = {ds};
  Bytes nsec(kid.wire().begin(), kid.wire().end());
  nsec.insert(nsec.end(), {0, 6, 0x62, 1, 0x80, 8, 0, 3});
  const net::FakeMessage answer{.answer = {{kid, RecordType::cds, dns::Ttl{60}, ds.to_rdata()}}};
  const net::FakeMessage nodata{.authority = {{kid, RecordType::nsec, dns::Ttl{60}, nsec}}};
  Mutation mutation(7344);
  const Time now = parse_time("2026-11-24T03:00:00Z").value();
  int received = 0;
  for (const net::FakeMessage& message : {answer, nodata}) {
    const Bytes wire = net::encode({.id = 7, .question = question}, message);
    for (int round = 0; round < 10'000; ++round) {
      const Classified classified = classify(mutation.damage(wire), question, now);
      if (!is_received(classified.status)) continue;
      ++received;
      ASSERT_TRUE(classified.message);
      EXPECT_EQ(classified.message->question, question);
      (void)status_quo(delegation, RecordType::cds, classified.status, *classified.message);
    }
  }
  EXPECT_GT(received, 0);
}

}  // namespace
}  // namespace dskeeper::survey
