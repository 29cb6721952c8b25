// Test support: a signed zone that a resolver validates from a trust anchor.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/time.h"
#include "dns/rrset.h"
#include "net/testing/fake_server.h"
#include "rules/test_child.h"

namespace dskeeper::cli::test {

// The whole name space as one zone, the root, signed by one key as it is asked.
class SignedRoot {
 public:
  void set(const dns::Name& owner, dns::RecordType type, std::vector<Bytes> rdata) {
    records_[{owner, type}] = std::move(rdata);
  }

  // From now on with a signature that is none.
  void forge(const dns::Name& owner) { forged_.insert(owner); }
  void stop_forging() { forged_.clear(); }

  net::FakeReply answer(const net::FakeQuery& query) {
    ++asked_[query.question.name];
    auto rdata = records_[{query.question.name, query.question.type}];
    if (query.question.name.is_root() && query.question.type == dns::RecordType::dnskey) {
      rdata = {key.record().to_rdata()};
    }
    Bytes out;
    rules::test::put_u16(out, query.id);
    rules::test::put_u16(out, rdata.empty() ? 0x8182U : 0x8180U);  // SERVFAIL for what is not there
    Bytes answer;
    std::size_t count = 0;
    if (!rdata.empty()) {
      dns::Rrset rrset{
          query.question.name, query.question.type, dns::Ttl{300}, dns::make_rdata_set(rdata), {}};
      const Time now = SystemClock().now() + clock_difference;
      const rules::test::Validity validity{now - std::chrono::hours(1),
                                           now + std::chrono::hours(1)};
      rrset.signatures.push_back(rules::test::make_signature(rrset, key, validity, {}));
      if (forged_.contains(rrset.owner)) rrset.signatures.back().signature.back() ^= 1U;
      count = rules::test::put_rrset(answer, rrset);
    }
    for (const std::size_t number : {std::size_t{1}, count, std::size_t{0}, std::size_t{0}}) {
      rules::test::put_u16(out, number);
    }
    rules::test::put_bytes(out, query.question.name.wire());
    rules::test::put_u16(out, static_cast<std::size_t>(query.question.type));
    rules::test::put_u16(out, 1);
    rules::test::put_bytes(out, answer);
    return {{out}};
  }

  std::size_t times_asked(const dns::Name& owner) { return asked_[owner]; }

  rules::test::TestKey key{1};
  Duration clock_difference{};  // of the signer's

 private:
  std::map<std::pair<dns::Name, dns::RecordType>, std::vector<Bytes>> records_;
  std::map<dns::Name, std::size_t> asked_;
  std::set<dns::Name> forged_;
};

}  // namespace dskeeper::cli::test
