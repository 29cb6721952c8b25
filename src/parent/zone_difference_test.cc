// What differences make of a zone that is held: the same as reading the version they lead to whole.
#include "parent/zone_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <sstream>

#include "parent/delegation_builder.h"
#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

using testing::HasSubstr;

using Step = ZoneDifference::Step;

const std::string apex = "@ 60 SOA ns.example. host.example. 7 1 1 1 1\n";

std::string ds_text(unsigned tag) {
  return std::to_string(tag) + " 13 2 " + std::string(64, 'A');
}

ZoneVersion read_whole(const std::vector<dns::Record>& zone) {
  DelegationBuilder builder(name("example."), test_time());
  for (const dns::Record& record : zone) {
    const auto added = builder.add(record);
    EXPECT_TRUE(added) << added.error().text();
  }
  ZoneVersion version(name("example."));
  version.delegations = std::move(builder).finish(&version.remainder).value();
  return version;
}

// All that a version is, as text.
std::string text_of(const ZoneVersion& version) {
  std::ostringstream out;
  const PackedDelegations& delegations = version.delegations;
  for (std::size_t i = 0; i < delegations.size(); ++i) {
    const Delegation delegation = delegations.at(i);
    out << delegation.child.text() << " servers " << delegations.name_servers(i);
    for (const NameServer& server : delegation.name_servers) {
      out << ' ' << server.host.text();
      for (const IpAddress& address : server.glue) out << ' ' << address.text();
    }
    out << " ds " << delegation.ds_ttl.seconds;
    for (const dns::Ds& ds : delegation.ds) out << ' ' << ds.key_tag.value;
    out << '\n';
  }
  for (const NameServer& server : delegations.zone_servers()) {
    out << "of the zone itself " << server.host.text();
    for (const IpAddress& address : server.glue) out << ' ' << address.text();
    out << '\n';
  }
  out << delegations.name_server_sets() << " sets of servers; SOA "
      << to_base64(version.remainder.soa) << '\n';
  std::set<std::string> signatures;
  for (const Bytes& rdata : version.remainder.soa_signatures) signatures.insert(to_base64(rdata));
  for (const std::string& signature : signatures) out << "signature " << signature << '\n';
  for (std::size_t i = 0; i < version.remainder.owners.size(); ++i) {
    OwnerRecords records = version.remainder.owners.at(i);
    const ByteView owner = version.remainder.owners.owner(i);
    out << "beside " << absolute_in(name("example."), owner).text();
    for (const dns::Name& host : records.hosts) out << ' ' << host.text();
    std::sort(records.addresses.begin(), records.addresses.end());
    for (const IpAddress& address : records.addresses) out << ' ' << address.text();
    for (const Bytes& ds : records.ds) out << " ds " << records.ds_ttl.seconds << to_base64(ds);
    out << (records.has_dname ? " dname" : "") << (records.is_lossy ? " lossy" : "") << '\n';
  }
  return out.str();
}

// Lines that begin with "-" are removed, those with "+" added.
Result<ZoneVersion> apply_text(const ZoneVersion& held, const std::string& difference) {
  ZoneDifference reading(held.delegations, held.remainder, test_time());
  std::istringstream lines(difference);
  for (std::string line; std::getline(lines, line);) {
    const Step step = line[0] == '-' ? Step::removal : Step::addition;
    for (const dns::Record& record : records(line.substr(1) + "\n")) {
      if (auto applied = reading.apply(step, record); !applied) return pass_on(std::move(applied));
    }
  }
  return std::move(reading).finish();
}

TEST(Rfc1995, S4_WhatIsRemovedIsGoneAndWhatIsAddedIsThere) {
  const std::string kid =
      "kid 60 NS ns.kid\nkid 60 NS ns.test.\nkid 60 DS " + ds_text(1) + "\nns.kid 60 A 192.0.2.1\n";
  const struct {
    const char* what;
    std::string before;
    std::string difference;
    std::string after;
  } cases[] = {
      {"nothing", kid, "", kid},
      {"a new delegation", kid, "+lad 60 NS ns.test.\n", kid + "lad 60 NS ns.test.\n"},
      {"one that is gone", kid + "lad 60 NS ns.test.\n", "-lad 60 NS ns.test.\n", kid},
      {"other name servers", kid, "-kid 60 NS ns.test.\n+kid 60 NS ns2.test.\n",
       "kid 60 NS ns.kid\nkid 60 NS ns2.test.\nkid 60 DS " + ds_text(1) +
           "\nns.kid 60 A 192.0.2.1\n"},
      {"a first DS", "kid 60 NS ns.test.\n", "+kid 300 DS " + ds_text(2) + "\n",
       "kid 60 NS ns.test.\nkid 300 DS " + ds_text(2) + "\n"},
      {"the last DS", kid, "-kid 60 DS " + ds_text(1) + "\n",
       "kid 60 NS ns.kid\nkid 60 NS ns.test.\nns.kid 60 A 192.0.2.1\n"},
      {"another TTL alone", kid, "-kid 60 DS " + ds_text(1) + "\n+kid 90 DS " + ds_text(1) + "\n",
       "kid 60 NS ns.kid\nkid 60 NS ns.test.\nkid 90 DS " + ds_text(1) +
           "\nns.kid 60 A 192.0.2.1\n"},
      {"another address of a name server that many have", kid + "lad 60 NS ns.kid\n",
       "-ns.kid 60 A 192.0.2.1\n+ns.kid 60 A 192.0.2.2\n+ns.kid 60 AAAA 2001:db8::1\n",
       "kid 60 NS ns.kid\nkid 60 NS ns.test.\nkid 60 DS " + ds_text(1) +
           "\nlad 60 NS ns.kid\nns.kid 60 A 192.0.2.2\nns.kid 60 AAAA 2001:db8::1\n"},
      {"a host becomes a name server", "www 60 A 192.0.2.1\n", "+kid 60 NS www\n",
       "www 60 A 192.0.2.1\nkid 60 NS www\n"},
      {"a cut comes above delegations, which are occluded",
       "a.sub 60 NS ns.test.\nz 60 NS ns.sub\n", "+sub 60 NS ns.sub\n+ns.sub 60 A 192.0.2.1\n",
       "a.sub 60 NS ns.test.\nz 60 NS ns.sub\nsub 60 NS ns.sub\nns.sub 60 A 192.0.2.1\n"},
      {"it goes, and they come to light",
       "a.sub 60 NS ns.test.\na.sub 60 DS " + ds_text(3) + "\nsub 60 NS ns.test.\n",
       "-sub 60 NS ns.test.\n", "a.sub 60 NS ns.test.\na.sub 60 DS " + ds_text(3) + "\n"},
      {"a DNAME comes", "kid.old 60 NS ns.test.\n", "+old 60 DNAME new.test.\n",
       "kid.old 60 NS ns.test.\nold 60 DNAME new.test.\n"},
      {"it goes", "kid.old 60 NS ns.test.\nold 60 DNAME new.test.\n", "-old 60 DNAME new.test.\n",
       "kid.old 60 NS ns.test.\n"},
      {"a DS set before its NS set", "kid 60 DS " + ds_text(1) + "\n", "+kid 60 NS ns.test.\n",
       "kid 60 DS " + ds_text(1) + "\nkid 60 NS ns.test.\n"},
      {"several steps that come back to where they began", kid,
       "-kid 60 NS ns.test.\n+kid 60 NS a.test.\n-kid 60 NS a.test.\n+kid 60 NS ns.test.\n", kid},
      {"what does not matter", kid, "-other 60 TXT x\n+other 60 TXT y\n+kid 60 NSEC lad NS\n", kid},
      {"a name server at the delegation itself", "kid 60 NS kid\nkid 60 A 192.0.2.1\n",
       "-kid 60 A 192.0.2.1\n+kid 60 A 192.0.2.2\n", "kid 60 NS kid\nkid 60 A 192.0.2.2\n"},
      {"names in any case", kid, "-KID 60 NS NS.Test.\n+Kid 60 NS NS2.Test.\n",
       "kid 60 NS ns.kid\nkid 60 NS ns2.test.\nkid 60 DS " + ds_text(1) +
           "\nns.kid 60 A 192.0.2.1\n"},
  };
  for (const auto& [what, before, difference, after] : cases) {
    const auto version = apply_text(read_whole(records(apex + before)), difference);
    ASSERT_TRUE(version) << what << ": " << version.error().text();
    EXPECT_EQ(text_of(*version), text_of(read_whole(records(apex + after)))) << what;
  }
}

TEST(Rfc1995, S4_TheSoaAndItsSignaturesAreReplaced) {
  const auto rrsig = [](const char* expiration, const char* covered = "SOA") {
    return std::string("@ 60 RRSIG ") + covered + " 13 1 60 " + expiration +
           " 20261120000000 4711 example. AAAA\n";
  };
  const std::string next = "@ 60 SOA ns.example. host.example. 8 1 1 1 1\n";
  const auto version =
      apply_text(read_whole(records(apex + rrsig("20261127000000"))),
                 "-" + apex + "-" + rrsig("20261127000000") + "-" + rrsig("20261127000000", "NS") +
                     "+" + next + "+" + rrsig("20261128000000"));
  ASSERT_TRUE(version) << version.error().text();
  EXPECT_EQ(text_of(*version), text_of(read_whole(records(next + rrsig("20261128000000")))));
}

TEST(Rfc1995, S4_ADifferenceThatDoesNotFitIsNotApplied) {
  const std::string kid =
      "kid 60 NS ns.test.\nkid 60 DS " + ds_text(1) +
      "\nns.kid 60 A 192.0.2.1\nold 60 DNAME new.test.\n"
      "two 60 NS ns.test.\ntwo 60 DS " +
      ds_text(1) + "\ntwo 90 DS " + ds_text(2) + "\n" +
      "@ 60 RRSIG SOA 13 1 60 20261127000000 20261120000000 4711 example. AA==\n";
  const struct {
    std::string difference;
    const char* fault;
  } cases[] = {
      {"+@ 60 NS ns.test.\n", "the name servers of the zone itself change"},
      {"-lad 60 NS ns.test.\n", "removes a record (NS of lad.example.) that is not there"},
      {"-kid 60 NS ns2.test.\n", "removes a record (NS of kid.example.) that is not there"},
      {"+kid 60 NS NS.test.\n", "adds a record (NS of kid.example.) that is there already"},
      {"-kid 60 DS " + ds_text(2) + "\n",
       "removes a record (DS of kid.example.) that is not there"},
      {"+kid 60 DS " + ds_text(1) + "\n",
       "adds a record (DS of kid.example.) that is there already"},
      {"-ns.kid 60 A 192.0.2.2\n", "removes a record (A of ns.kid.example.) that is not there"},
      {"+ns.kid 60 A 192.0.2.1\n", "adds a record (A of ns.kid.example.) that is there already"},
      {"-ns.kid 60 A 192.0.2.1\n-ns.kid 60 A 192.0.2.1\n", "removes a record (A of"},
      {"+old 60 DNAME new2.test.\n", "adds a record (DNAME of old.example.) that is there already"},
      {"-new 60 DNAME new.test.\n", "removes a record (DNAME of new.example.) that is not there"},
      {"-@ 60 SOA ns.example. host.example. 6 1 1 1 1\n", "removes a record (SOA of"},
      {"+@ 60 SOA ns.example. host.example. 8 1 1 1 1\n", "adds a record (SOA of"},
      {"-" + apex, "leave no SOA record of example."},
      {"-@ 60 RRSIG SOA 13 1 60 20261127000000 20261120000000 4711 example. AAA=\n",
       "removes a record (RRSIG of"},
      {"+@ 60 ZONEMD 8 1 1 " + std::string(96, 'A') + "\n", "ZONEMD record"},
      // RFC 2181 §5.2: what is left of a set with several TTLs has one that nobody has kept.
      {"-two 60 DS " + ds_text(1) + "\n",
       "touches two.example., of which not all records are kept"},
  };
  const ZoneVersion held = read_whole(records(apex + kid));
  const std::string before = text_of(held);
  for (const auto& [difference, fault] : cases) {
    const auto version = apply_text(held, difference);
    ASSERT_FALSE(version) << difference;
    EXPECT_THAT(version.error().what, HasSubstr(fault));
    EXPECT_EQ(text_of(held), before);
  }
  ZoneDifference outside(held.delegations, held.remainder, test_time());
  const auto result =
      outside.apply(Step::addition, {name("other."), dns::RecordType::ns, dns::Ttl{60}, {0}});
  EXPECT_THAT(result.error().what, HasSubstr("lies outside the zone"));
}

TEST(ZoneDifference, IsBounded) {
  const ZoneVersion held = read_whole(records(apex + "kid 60 NS ns.kid\n"));
  ZoneDifference difference(held.delegations, held.remainder, test_time());
  Result<void> applied;
  int names = 0;
  for (; applied && names < 100'000; ++names) {
    const dns::Name owner = name("n" + std::to_string(names) + ".example.");
    applied = difference.apply(Step::addition, {owner, dns::RecordType::ns, dns::Ttl{60}, {0}});
  }
  EXPECT_EQ(names, 10'001);
  EXPECT_THAT(applied.error().what, HasSubstr("touch more than 10000 names"));

  std::string addresses;
  for (int i = 0; i <= 100; ++i) addresses += "+ns.kid 60 A 192.0.2." + std::to_string(i) + "\n";
  EXPECT_THAT(apply_text(held, addresses).error().what,
              HasSubstr("ns.kid.example. has more than 100 addresses"));
}

// A zone as a set of records, of few names, so that they often meet.
class RandomZone {
 public:
  explicit RandomZone(std::uint32_t seed) : random_(seed) {
    for (int i = 0; i < 25; ++i) change();
  }

  void change() {
    const dns::Name owner = any_name();
    switch (below(8)) {
      case 0:
      case 1:
        // Those of the zone itself do not change by a difference.
        if (owner == name("example.")) return;
        return toggle(owner, dns::RecordType::ns, wire(below(2) == 0 ? any_name() : any_host()));
      case 2:
      case 3:
        return toggle(owner, dns::RecordType::ds,
                      test_ds(static_cast<unsigned>(below(3))).to_rdata());
      case 4:
        return toggle(owner, dns::RecordType::a, Bytes{192, 0, 2, octet(3)});
      case 5:
        return toggle(owner, dns::RecordType::aaaa, Bytes(16, octet(2)));
      case 6:
        return below(3) == 0 ? toggle(owner, dns::RecordType::dname, Bytes{0})
                             : toggle(owner, dns::RecordType::txt, Bytes{1, octet(3)});
      default:
        retime(owner);
    }
  }
  void count_up() { ++serial_; }

  [[nodiscard]] std::vector<dns::Record> all() {
    std::vector<dns::Record> out;
    for (const auto& [key, ttl] : records_) {
      out.push_back({key.owner, key.type, dns::Ttl{ttl}, key.rdata});
    }
    for (dns::Record& record :
         records("@ 60 SOA ns.example. host.example. " + std::to_string(serial_) +
                 " 1 1 1 1\n@ 60 NS a\n@ 60 NS b.c\n@ 60 NS ns.test.\n")) {
      out.push_back(std::move(record));
    }
    std::shuffle(out.begin(), out.end(), random_);
    return out;
  }

 private:
  struct Key {
    dns::Name owner;
    dns::RecordType type;
    Bytes rdata;
    auto operator<=>(const Key&) const = default;
  };

  std::size_t below(std::size_t bound) { return random_() % bound; }
  std::uint8_t octet(std::size_t bound) { return static_cast<std::uint8_t>(below(bound)); }
  dns::Name any_name() {
    static const std::vector<std::string> labels = {"a", "b", "c", "*"};
    std::string text;
    for (std::size_t depth = below(4); depth > 0; --depth) text += labels[below(4)] + ".";
    return name(text + "example.");
  }
  dns::Name any_host() { return name("ns" + std::to_string(below(3)) + ".test."); }
  static Bytes wire(const dns::Name& of) { return {of.wire().begin(), of.wire().end()}; }

  // All DS records of a name have one TTL (RFC 2181 §5.2).
  std::uint32_t ttl_of(const dns::Name& owner, dns::RecordType type) {
    if (type != dns::RecordType::ds) return 60;
    for (const auto& [key, ttl] : records_) {
      if (key.owner == owner && key.type == type) return ttl;
    }
    return static_cast<std::uint32_t>(60 + below(3));
  }
  void toggle(const dns::Name& owner, dns::RecordType type, Bytes rdata) {
    const Key key{owner, type, std::move(rdata)};
    const std::uint32_t ttl = ttl_of(owner, type);
    if (records_.erase(key) == 0) records_[key] = ttl;
  }
  void retime(const dns::Name& owner) {
    const auto ttl = static_cast<std::uint32_t>(60 + below(3));
    for (auto& [key, known] : records_) {
      if (key.owner == owner && key.type == dns::RecordType::ds) known = ttl;
    }
  }

  std::mt19937 random_;
  std::map<Key, std::uint32_t> records_;
  std::uint32_t serial_ = 7;
};

// The records of one that the other has not.
std::vector<dns::Record> without(const std::vector<dns::Record>& one,
                                 const std::vector<dns::Record>& other) {
  std::vector<dns::Record> out;
  for (const dns::Record& record : one) {
    if (std::find(other.begin(), other.end(), record) == other.end()) out.push_back(record);
  }
  return out;
}

// Each version is made of the one before, so that an error in what is kept beside shows later.
TEST(ZoneDifference, GivesWhatReadingTheNewVersionWholeGives) {
  std::size_t delegations = 0;
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    RandomZone zone(seed);
    std::vector<dns::Record> before = zone.all();
    ZoneVersion held = read_whole(before);
    std::mt19937 random(seed);
    for (int answer = 0; answer < 4; ++answer) {
      ZoneDifference difference(held.delegations, held.remainder, test_time());
      for (std::size_t steps = 1 + random() % 3; steps > 0; --steps) {
        for (std::size_t changes = random() % 6; changes > 0; --changes) zone.change();
        zone.count_up();
        const std::vector<dns::Record> after = zone.all();
        for (const dns::Record& record : without(before, after)) {
          const auto applied = difference.apply(Step::removal, record);
          ASSERT_TRUE(applied) << applied.error().text() << " seed " << seed;
        }
        for (const dns::Record& record : without(after, before)) {
          const auto applied = difference.apply(Step::addition, record);
          ASSERT_TRUE(applied) << applied.error().text() << " seed " << seed;
        }
        before = after;
      }
      auto version = std::move(difference).finish();
      ASSERT_TRUE(version) << version.error().text() << " seed " << seed;
      ASSERT_EQ(text_of(*version), text_of(read_whole(before))) << "seed " << seed;
      held = *std::move(version);
      delegations += held.delegations.size();
    }
  }
  EXPECT_GT(delegations, 1000U) << "else it has shown nothing";
}

}  // namespace
}  // namespace dskeeper::parent
