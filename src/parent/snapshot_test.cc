#include "parent/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>

#include "parent/delegation_builder.h"
#include "parent/relative_name.h"
#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

using testing::ElementsAre;

// Random delegations of example., each child once and in no order.
class AnyZone {
 public:
  explicit AnyZone(unsigned seed) : random_(seed) {
    for (std::size_t i = draw(200); i > 0; --i) take(any_delegation());
  }
  [[nodiscard]] const std::vector<Delegation>& delegations() const { return delegations_; }

  std::size_t draw(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }
  void shuffle(auto& values) { std::shuffle(values.begin(), values.end(), random_); }

 private:
  void take(Delegation delegation) {
    if (children_.insert(delegation.child).second) delegations_.push_back(std::move(delegation));
  }

  // Octets of all kinds; few of them, so that labels are each other's beginnings.
  std::string any_label() {
    static constexpr std::array<std::string_view, 6> parts = {"a",     "b",     "ab",
                                                              "\\000", "\\001", "\\255"};
    std::string label;
    for (std::size_t i = draw(12) + 1; i > 0; --i) label += parts.at(draw(parts.size()));
    return label;
  }

  // No child lies below another one, and no host at a child's name but below it.
  dns::Name any_child() {
    const std::string label = any_label() + "x.";
    return name((draw(4) == 0 ? any_label() + ".y" + label : label) + "example.");
  }

  dns::Name any_host(const dns::Name& child) {
    switch (draw(4)) {
      case 0:
        return name(any_label() + "." + child.text());
      case 1:
        return name(any_label() + "z.example.");
      case 2:
        return name("ns" + std::to_string(draw(5)) + ".op.test.");
      default:
        return name("ns" + std::to_string(draw(5)) + ".notexample.");
    }
  }

  // The same for each mention of the host, as in a zone.
  static std::vector<IpAddress> glue_of(const dns::Name& host) {
    std::vector<IpAddress> glue;
    if (!host.is_at_or_below(name("example."))) return glue;
    const std::size_t hash = std::hash<dns::Name>()(host);
    const auto octet = [hash](unsigned i) { return static_cast<std::uint8_t>(hash >> i * 8U); };
    if (hash % 3 > 0)
      glue.push_back(IpAddress::v4(std::array{octet(0), octet(1), octet(2), octet(3)}));
    if (hash % 3 > 1) {
      std::array<std::uint8_t, 16> octets{};
      octets.back() = octet(4);
      glue.push_back(IpAddress::v6(octets));
    }
    std::sort(glue.begin(), glue.end());
    return glue;
  }

  Registration any_registration() {
    Registration out;
    if (draw(2) == 0) return out;
    if (draw(2) == 0) out.roid = "D" + std::to_string(draw(1000));
    if (draw(2) == 0) out.sponsor = "Registrar " + std::to_string(draw(3));
    if (draw(2) == 0) out.created = test_time() - std::chrono::hours(draw(1'000'000));
    if (draw(2) == 0) out.statuses.emplace();
    if (out.statuses && draw(2) == 0) out.statuses->assign({"clientHold", "serverHold"});
    for (std::optional<bool>* flag : {&out.no_ds, &out.no_ns, &out.bootstrap}) {
      if (draw(2) == 0) *flag = draw(2) == 0;
    }
    return out;
  }

  Delegation any_delegation() {
    Delegation out;
    out.child = any_child();
    out.parent = name("example.");
    out.revision = "7";
    std::set<dns::Name> hosts;
    for (std::size_t i = draw(4) + 1; i > 0; --i) hosts.insert(any_host(out.child));
    for (const dns::Name& host : hosts) out.name_servers.push_back({host, glue_of(host)});
    if (draw(2) == 0) {
      std::vector<unsigned> tags;
      for (std::size_t i = draw(3) + 1; i > 0; --i) tags.push_back(static_cast<unsigned>(draw(9)));
      out.ds = ds_set(tags);
      out.ds_ttl = dns::Ttl{static_cast<std::uint32_t>(draw(100'000))};
    }
    out.registration = any_registration();
    return out;
  }

  std::mt19937 random_;
  std::vector<Delegation> delegations_;
  std::set<dns::Name> children_;
};

std::vector<Delegation> sorted(std::vector<Delegation> delegations) {
  std::sort(delegations.begin(), delegations.end(),
            [](const Delegation& a, const Delegation& b) { return a.child < b.child; });
  return delegations;
}

std::vector<Delegation> all_of(const Snapshot& snapshot) {
  std::vector<Delegation> delegations;
  for (std::size_t i = 0; i < snapshot.size(); ++i) delegations.push_back(snapshot.at(i));
  return delegations;
}

constexpr unsigned zones = 100;

TEST(Snapshot, WhatGoesInComesOutInCanonicalOrder) {
  for (unsigned seed = 0; seed < zones; ++seed) {
    const AnyZone zone(seed);
    const Snapshot snapshot(name("example."), "7", zone.delegations());
    ASSERT_EQ(all_of(snapshot), sorted(zone.delegations())) << "seed " << seed;
  }
}

TEST(Snapshot, TellsOfEachChildWhatItsDelegationSays) {
  for (unsigned seed = 0; seed < zones; ++seed) {
    const AnyZone zone(seed);
    const Snapshot snapshot(name("example."), "7", zone.delegations());
    for (const Delegation& delegation : zone.delegations()) {
      const auto index = snapshot.index_of(delegation.child);
      ASSERT_TRUE(index) << delegation.child.text() << ", seed " << seed;
      ASSERT_EQ(snapshot.child(*index), delegation.child);
      ASSERT_EQ(snapshot.is_secure(*index), delegation.is_secure());
      ASSERT_EQ(snapshot.find(delegation.child), delegation) << "seed " << seed;
    }
  }
}

TEST(Snapshot, ChildrenWithTheSameNameServersHaveTheSameOperatorKey) {
  for (unsigned seed = 0; seed < zones; ++seed) {
    const AnyZone zone(seed);
    const Snapshot snapshot(name("example."), "7", zone.delegations());
    for (std::size_t i = 1; i < snapshot.size(); ++i) {
      const bool is_same = snapshot.at(i).name_servers == snapshot.at(i - 1).name_servers;
      ASSERT_EQ(snapshot.operator_key(i) == snapshot.operator_key(i - 1), is_same);
      ASSERT_LT(snapshot.operator_key(i), snapshot.operator_keys());
    }
  }
}

TEST(Snapshot, FindsNobodyElse) {
  const Snapshot snapshot(name("example."), "7",
                          {test_delegation("a.example.", {}), test_delegation("c.example.", {1})});
  for (const char* other : {"example.", "b.example.", "d.example.", "x.a.example.", "a.", ".",
                            "a.example.net.", "0.example."}) {
    EXPECT_FALSE(snapshot.find(name(other))) << other;
  }
  EXPECT_FALSE(Snapshot(name("example."), "7", {}).find(name("a.example.")));
}

TEST(Snapshot, OfTheRootHasTopLevelDomains) {
  Delegation com = test_delegation("com.", {1});
  com.parent = dns::Name();
  com.name_servers = {{name("a.gtld.net."), {IpAddress::parse("192.0.2.1").value()}}};
  com.revision = "7";
  const Snapshot snapshot(dns::Name(), "7", {com});
  EXPECT_THAT(all_of(snapshot), ElementsAre(com));
  EXPECT_EQ(snapshot.find(name("com.")), com);
  EXPECT_FALSE(snapshot.find(name(".")));
}

// Records of the whole zone in any order, with what is not the delegations' between them.
std::vector<dns::Record> records_of(const std::vector<Delegation>& delegations) {
  std::vector<dns::Record> out = records("@ 60 IN SOA ns.example. host.example. 7 1 1 1 1\n");
  for (const Delegation& delegation : delegations) {
    for (const NameServer& server : delegation.name_servers) {
      const ByteView wire = server.host.wire();
      out.push_back({delegation.child, dns::RecordType::ns, {}, Bytes(wire.begin(), wire.end())});
      for (const IpAddress& address : server.glue) {
        const ByteView octets = address.octets();
        out.push_back({server.host,
                       address.is_v4() ? dns::RecordType::a : dns::RecordType::aaaa,
                       {},
                       Bytes(octets.begin(), octets.end())});
      }
    }
    for (const dns::Ds& ds : delegation.ds) {
      out.push_back({delegation.child, dns::RecordType::ds, delegation.ds_ttl, ds.to_rdata()});
    }
  }
  return out;
}

TEST(DelegationBuilder, MakesTheDelegationsOfTheirRecordsInAnyOrder) {
  for (unsigned seed = 0; seed < zones; ++seed) {
    AnyZone zone(seed);
    std::vector<dns::Record> input = records_of(zone.delegations());
    zone.shuffle(input);
    DelegationBuilder builder(name("example."), test_time());
    for (const dns::Record& record : input) ASSERT_TRUE(builder.add(record));
    auto packed = std::move(builder).finish();
    ASSERT_TRUE(packed) << packed.error().text();
    std::vector<Delegation> expected = sorted(zone.delegations());
    for (Delegation& delegation : expected) delegation.registration = {};
    ASSERT_EQ(all_of(Snapshot("7", *std::move(packed))), expected) << "seed " << seed;
  }
}

TEST(RelativeName, LeavesOutTheZonesOwnLabels) {
  const dns::Name zone = name("example.");
  for (const char* text : {"example.", "kid.example.", "a.kid.example.", "notexample.",
                           "example.net.", ".", "kid\\000.example.", "test."}) {
    EXPECT_EQ(absolute_in(zone, relative_to(zone, name(text))), name(text)) << text;
  }
  EXPECT_THAT(relative_to(zone, name("kid.example.")), ElementsAre(3, 'k', 'i', 'd'));
}

// RFC 4034 §6.1, with the names of its example and labels that begin alike.
TEST(RelativeName, S6_1_ComparesAsNamesDo) {
  const dns::Name zone = name("example.");
  std::vector<dns::Name> names;
  for (const char* text :
       {"example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.",
        "z.example.", "\\001.z.example.", "*.z.example.", "\\200.z.example.", "abcdefgh.example.",
        "abcdefgh\\000.example.", "abcdefghi.example.", "b.abcdefgh.example."}) {
    names.push_back(name(text));
  }
  for (const dns::Name& one : names) {
    for (const dns::Name& other : names) {
      const ByteView ours = relative_to(zone, one);
      const ByteView theirs = relative_to(zone, other);
      EXPECT_EQ(compare_relative(ours, theirs), one <=> other) << one.text() << other.text();
      EXPECT_EQ(is_at_or_below(ours, theirs), one.is_at_or_below(other));
      if (one < other) {
        EXPECT_LE(order_hint(ours), order_hint(theirs));
      }
    }
  }
}

}  // namespace
}  // namespace dskeeper::parent
