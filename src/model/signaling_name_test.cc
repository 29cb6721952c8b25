#include "model/signaling_name.h"

#include <gtest/gtest.h>

#include <string>

namespace dskeeper {
namespace {

dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}

// The example of RFC 9615 §4.1 (standards.md §1.4).
TEST(Rfc9615, S4_1_TheChildsLabelsStandBetweenTheTwoUnderscoredLabels) {
  const auto made = signaling_name(name("example.co.uk."), name("ns1.example.net."));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->text(), "_dsboot.example.co.uk._signal.ns1.example.net.");
  EXPECT_EQ(made->wire().size(), 47U);
  EXPECT_EQ(signaling_domain(name("ns1.example.net."))->text(), "_signal.ns1.example.net.");
}

TEST(Rfc9615, S1_1_TheCaseOfTheHostMakesNoOtherSignalingName) {
  EXPECT_EQ(signaling_name(name("Kid.Example."), name("NS1.Op.Example.")).value(),
            signaling_name(name("kid.example."), name("ns1.op.example.")).value());
}

// A child of so many octets in wire form.
dns::Name long_child(std::size_t octets) {
  std::string text;
  for (std::size_t left = octets - 1; left > 0;) {
    const std::size_t label = left == 65 ? 62 : std::min<std::size_t>(left - 1, 63);
    text += std::string(label, 'a') + '.';
    left -= label + 1;
  }
  return name(text);
}

// len(child) + len(host) + 15 ≤ 255 (standards.md §1.4).
TEST(Rfc9615, S4_4_ASignalingNameMayHave255OctetsAndNoMore) {
  const dns::Name host = name("ns1.op.example.");  // 16 octets
  ASSERT_EQ(long_child(224).wire().size(), 224U);
  const auto fits = signaling_name(long_child(224), host);
  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->wire().size(), 255U);
  EXPECT_FALSE(signaling_name(long_child(225), host));
  EXPECT_FALSE(signaling_domain(long_child(248)));
}

// What a walk or a transfer of a signaling zone finds (§4.3).
TEST(Rfc9615, S4_3_TheChildStandsBetweenTheTwoUnderscoredLabels) {
  const dns::Name domain = name("_signal.ns1.example.net.");
  const struct {
    const char* owner;
    const char* child;
  } cases[] = {
      {"_dsboot.example.co.uk._signal.ns1.example.net.", "example.co.uk."},
      {"_DSBOOT.Example.co.uk._Signal.NS1.example.net.", "example.co.uk."},
      {"_dsboot._dsboot.uk._signal.ns1.example.net.", "_dsboot.uk."},
      {"_dsboot._signal.ns1.example.net.", ""},
      {"_signal.ns1.example.net.", ""},
      {"example.co.uk._signal.ns1.example.net.", ""},
      {"a._dsboot.example.co.uk._signal.ns1.example.net.", ""},
      {"_dsboot.example.co.uk._signal.ns2.example.net.", ""},
      {"_dsboot.example.co.uk.", ""},
  };
  for (const auto& [owner, child] : cases) {
    const auto found = signalled_child(name(owner), domain);
    EXPECT_EQ(found ? found->text() : "", child) << owner;
  }
}

TEST(Rfc9615, S4_2_InDomainIsToldByLabels) {
  const dns::Name child = name("id.example.");
  EXPECT_FALSE(can_signal(child, name("id.example.")));
  EXPECT_FALSE(can_signal(child, name("ns1.id.example.")));
  EXPECT_TRUE(can_signal(child, name("ns1.kid.example.")));
  EXPECT_TRUE(can_signal(child, name("ns1.op.net.")));
}

}  // namespace
}  // namespace dskeeper
