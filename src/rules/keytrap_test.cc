// KeyTrap (CVE-2023-50387): a child that floods us with keys of one tag and signatures that name
// it.
#include <gtest/gtest.h>

#include <algorithm>

#include "dns/signature.h"
#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

constexpr std::size_t servers = 6;
constexpr std::size_t keys_each = 29;  // beside those that the child has anyway
constexpr std::size_t signatures_each = 16;

// No key at all, but with the tag of one that is, and as many signatures as one likes.
class CollidingKey final : public TestKey {
 public:
  CollidingKey(const TestKey& with, std::uint32_t number)
      : TestKey(std::unique_ptr<EVP_PKEY, FreeOpenssl>(), collide(with.record(), number)),
        number_(number) {}
  [[nodiscard]] Bytes sign(ByteView /*data*/) const override {
    Bytes signature(64, 0);
    signature[0] = static_cast<std::uint8_t>(number_);
    signature[1] = static_cast<std::uint8_t>(number_ >> 8U);
    return signature;
  }

 private:
  static dns::Dnskey collide(const dns::Dnskey& with, std::uint32_t number) {
    dns::Dnskey key = with;
    key.public_key.assign(32, 0);
    key.public_key[0] = static_cast<std::uint8_t>(number);
    key.public_key[1] = static_cast<std::uint8_t>(number >> 8U);
    for (unsigned last = 0; key.key_tag() != with.key_tag(); ++last) {
      key.public_key[30] = static_cast<std::uint8_t>(last >> 8U);
      key.public_key[31] = static_cast<std::uint8_t>(last);
    }
    return key;
  }

  std::uint32_t number_;
};

// Every server has keys and signatures of its own, so that nothing is known from another one.
struct HostileChild {
  HostileChild() : child(true, servers) {
    for (std::uint32_t i = 0; i < servers * keys_each; ++i) made.emplace_back(child.a, i + 1);
    for (std::size_t i = 0; i < servers; ++i) {
      std::vector<const TestKey*> keys = {&child.a, &child.b, &child.zsk};
      for (std::size_t k = 0; k < keys_each; ++k) keys.push_back(&made[i * keys_each + k]);
      Zone& zone = child.zones[i];
      zone.ask({&child.b});
      zone.set_keys(keys);
      const std::vector<const TestKey*> signers(keys.begin() + 3,
                                                keys.begin() + 3 + signatures_each);
      zone.default_signers = signers;
      zone.signers[dns::RecordType::dnskey] = signers;
    }
  }

  std::vector<CollidingKey> made;
  TestChild child;
};

TEST(KeyTrap, AHostileChildCostsNoMoreThanItsBudgetAndIsToldSo) {
  HostileChild hostile;
  dns::Verifier verifier;
  const std::vector<Proved> proved = {
      prove(hostile.child.survey(), hostile.child.delegation, verifier, now)};
  EXPECT_EQ(verifier.counts().verified, 64U);

  const Verdict verdict = judge(hostile.child.delegation, proved, {}, now);
  EXPECT_EQ(verdict.ruling, Ruling::forbid);
  const auto told = std::ranges::find(verdict.findings, FindingCode::too_many_signatures,
                                      [](const Finding& finding) { return finding.code; });
  ASSERT_NE(told, verdict.findings.end());
  EXPECT_EQ(told->servers.size(), servers);
}

TEST(KeyTrap, OtherChildrenAreNotTouched) {
  HostileChild hostile;
  dns::Verifier verifier;
  (void)prove(hostile.child.survey(), hostile.child.delegation, verifier, now);
  TestChild honest(true);
  honest.everywhere([&](Zone& zone) { zone.ask({&honest.b}); });
  const std::vector<Proved> proved = {prove(honest.survey(), honest.delegation, verifier, now)};
  EXPECT_EQ(summary(judge(honest.delegation, proved, {}, now)), "update permit");
}

// One server that floods does not take from what the others get for their own signatures.
TEST(KeyTrap, AFloodFromOneServerLeavesTheOthersProven) {
  HostileChild hostile;
  TestChild child(true, 2);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  child.zones[0] = hostile.child.zones[0];
  dns::Verifier verifier;
  const Proved proved = prove(child.survey(), child.delegation, verifier, now);
  ASSERT_EQ(proved.servers[1].cds.signatures.size(), 1U);
  EXPECT_EQ(proved.servers[1].cds.signatures[0].status, dns::SignatureStatus::valid);
}

}  // namespace
}  // namespace dskeeper::rules::test
