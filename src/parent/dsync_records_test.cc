#include "parent/dsync_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parent/dsync_endpoints.h"
#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto cds = dns::RecordType::cds;
constexpr auto csync = dns::RecordType::csync;

DsyncOptions options() {
  DsyncOptions made;
  made.zone = name("example.");
  made.own = {name("notify.registry.test."), 5359};
  made.types = {cds, csync};
  return made;
}

const DsyncEndpoint registrar{name("notify.registrar.test."), 5300};

// "*._dsync.example. CDS NOTIFY 5359 notify.registry.test."
std::vector<std::string> texts(const std::vector<dns::Rrset>& rrsets) {
  std::vector<std::string> out;
  for (const dns::Rrset& rrset : rrsets) {
    for (const Bytes& rdata : rrset.rdata) {
      out.push_back(rrset.owner.text() + " " + dns::rdata_text(rrset.type, rdata));
    }
  }
  return out;
}

std::vector<std::string> records_for(const std::vector<DsyncException>& exceptions,
                                     const DsyncOptions& with = options()) {
  return texts(dsync_records(with, exceptions).value());
}

const std::string own_cds = " CDS NOTIFY 5359 notify.registry.test.";
const std::string own_csync = " CSYNC NOTIFY 5359 notify.registry.test.";
const std::string its_cds = " CDS NOTIFY 5300 notify.registrar.test.";
const std::string its_csync = " CSYNC NOTIFY 5300 notify.registrar.test.";

TEST(Rfc9859, S3_OneWildcardSpeaksForAllChildren) {
  EXPECT_THAT(records_for({}),
              ElementsAre("*._dsync.example." + own_cds, "*._dsync.example." + own_csync));
  DsyncOptions root = options();
  root.zone = {};
  root.types = {cds};
  EXPECT_THAT(records_for({}, root), ElementsAre("*._dsync." + own_cds));
}

TEST(Rfc9859, S3_OrOneNameWithoutWildcard) {
  DsyncOptions with = options();
  with.is_catch_all = true;
  EXPECT_THAT(records_for({}, with),
              ElementsAre("_dsync.example." + own_cds, "_dsync.example." + own_csync));
  // Names between have no records, and who finds none there asks for this one (§4.1).
  EXPECT_THAT(records_for({{name("a.b.example."), {}, registrar}}, with),
              ElementsAre("_dsync.example." + own_cds, "_dsync.example." + own_csync,
                          "a.b._dsync.example." + its_cds, "a.b._dsync.example." + its_csync));
}

// RFC 4592 §2.2.1: what exists is not synthesised, not even the other type. Edge case 113.
TEST(EdgeCase, N113_AChildsOwnRecordsRepeatEveryType) {
  EXPECT_THAT(records_for({{name("kid.example."), {}, registrar}}),
              ElementsAre("*._dsync.example." + own_cds, "*._dsync.example." + own_csync,
                          "kid._dsync.example." + its_cds, "kid._dsync.example." + its_csync));
  EXPECT_THAT(records_for({{name("kid.example."), cds, registrar}}),
              ElementsAre("*._dsync.example." + own_cds, "*._dsync.example." + own_csync,
                          "kid._dsync.example." + its_cds, "kid._dsync.example." + own_csync));
}

// RFC 4592 §4.9: an empty name in between hides the wildcard too. Edge case 114.
TEST(EdgeCase, N114_NamesBetweenGetTheZonesOwn) {
  DsyncOptions with = options();
  with.types = {cds};
  EXPECT_THAT(records_for({{name("a.b.c.example."), {}, registrar}}, with),
              ElementsAre("*._dsync.example." + own_cds, "c._dsync.example." + own_cds,
                          "*.c._dsync.example." + own_cds, "b.c._dsync.example." + own_cds,
                          "*.b.c._dsync.example." + own_cds, "a.b.c._dsync.example." + its_cds));
  // … but one that has an endpoint of its own keeps it.
  EXPECT_THAT(
      records_for({{name("a.b.example."), {}, registrar}, {name("b.example."), {}, registrar}},
                  with),
      ElementsAre("*._dsync.example." + own_cds, "b._dsync.example." + its_cds,
                  "*.b._dsync.example." + own_cds, "a.b._dsync.example." + its_cds));
}

// At most one record for each type and scheme at a name.
TEST(Rfc9859, S2_OneRecordForEachType) {
  const DsyncException all{name("kid.example."), {}, registrar};
  const DsyncException one{name("kid.example."), cds, {name("cds.test."), 53}};
  EXPECT_FALSE(dsync_records(options(), std::vector{all, all}));
  EXPECT_FALSE(dsync_records(options(), std::vector{one, one}));
  const std::vector<std::string> both = {
      "*._dsync.example." + own_cds, "*._dsync.example." + own_csync,
      "kid._dsync.example. CDS NOTIFY 53 cds.test.", "kid._dsync.example." + its_csync};
  EXPECT_EQ(records_for({all, one}), both);
  EXPECT_EQ(records_for({one, all}), both);
  EXPECT_FALSE(
      dsync_records(options(), std::vector{DsyncException{name("kid.test."), {}, registrar}}));
}

std::vector<dns::Rrset> standing(std::string_view owner, const std::vector<std::string_view>& texts,
                                 unsigned ttl = 3600) {
  dns::Rrset rrset{name(owner), dns::RecordType::dsync, dns::Ttl{ttl}, {}, {}};
  for (const auto text : texts) rrset.rdata.push_back(dns::Dsync::parse(text).value().to_rdata());
  rrset.rdata = dns::make_rdata_set(std::move(rrset.rdata));
  return {rrset};
}

TEST(DsyncChanges, AreWhatDiffersAndNoMore) {
  const auto wanted = dsync_records(options(), {}).value();
  EXPECT_TRUE(dsync_changes(wanted, wanted).are_none());
  EXPECT_THAT(texts(dsync_changes(wanted, {}).put),
              ElementsAre("*._dsync.example." + own_cds, "*._dsync.example." + own_csync));
  auto older = wanted;
  older.front().ttl = dns::Ttl{60};
  EXPECT_EQ(dsync_changes(wanted, older).put, wanted);

  const auto gone = standing("kid._dsync.example.", {"CDS NOTIFY 1 a.", "CSYNC NOTIFY 1 a."});
  const auto changes = dsync_changes({}, gone);
  EXPECT_EQ(changes.remove, gone);
  EXPECT_THAT(changes.put, IsEmpty());
}

TEST(DsyncChanges, LeaveOtherSchemesAndTypesAlone) {
  const auto wanted = dsync_records(options(), {}).value();
  const auto mixed =
      standing("*._dsync.example.", {"CDS NOTIFY 1 old.", "CDS 200 7 scanner.", "A NOTIFY 7 a."});
  EXPECT_THAT(texts(dsync_changes(wanted, mixed).put),
              ElementsAre("*._dsync.example. A NOTIFY 7 a.", "*._dsync.example." + own_cds,
                          "*._dsync.example. CDS 200 7 scanner.", "*._dsync.example." + own_csync));
  const auto left = dsync_changes({}, mixed);
  EXPECT_THAT(texts(left.put), ElementsAre("*._dsync.example. A NOTIFY 7 a.",
                                           "*._dsync.example. CDS 200 7 scanner."));
  EXPECT_TRUE(dsync_changes({}, left.put).are_none());
}

class EndpointsFile : public testing::Test {
 protected:
  Result<DsyncEndpoints> read(std::string_view text) {
    return read_dsync_endpoints(folder_.write("dsync.csv", text), name("example."));
  }
  TestFolder folder_;
};

TEST_F(EndpointsFile, NamesChildrenAndSponsors) {
  const auto endpoints = read(
      "name,sponsor,type,target,port\n"
      "kid.example,,,notify.registrar.test,5300\n"
      ",registrar-17,cds,notify.registrar.test.,5300\n");
  ASSERT_TRUE(endpoints) << endpoints.error().text();
  std::vector<Delegation> delegations;
  for (const char* child : {"kid.example.", "one.example.", "other.example."}) {
    delegations.push_back(test_delegation(child, {}));
  }
  delegations[0].registration.sponsor = "registrar-17";
  delegations[1].registration.sponsor = "registrar-17";
  const Snapshot snapshot(name("example."), "1", delegations);
  const auto exceptions = dsync_exceptions(*endpoints, &snapshot);
  ASSERT_EQ(exceptions.size(), 2U);
  EXPECT_EQ(exceptions[0].child, name("kid.example."));
  EXPECT_EQ(exceptions[0].type, std::nullopt);
  EXPECT_EQ(exceptions[1].child, name("one.example."));
  EXPECT_EQ(exceptions[1].type, cds);
  EXPECT_EQ(exceptions[1].endpoint, registrar);
}

TEST_F(EndpointsFile, AFaultNamesItsLine) {
  const struct {
    std::string_view text;
    std::string_view words;
  } cases[] = {
      {"", "has no header"},
      {"name,target\n", "must be there as columns"},
      {"name,target,prot\n", "no column \"prot\""},
      {"name,target,port\nkid.example,a.test,0\n", "dsync.csv:2: \"0\" is not a port"},
      {"name,target,port\nkid.example,a.test,65536\n", "is not a port"},
      {"name,target,port\nkid.example,,1\n", "must have a target"},
      {"name,target,port\nkid.test,a.test,1\n", "does not lie below example."},
      {"name,target,port,type\nkid.example,a.test,1,cdnskey\n", "no NOTIFY for cdnskey"},
      {"name,sponsor,target,port\n,,a.test,1\n", "either a name or a sponsor"},
      {"name,sponsor,target,port\n,x,a.test,1\n,x,a.test,1\n", "dsync.csv:3: \"x\" stands twice"},
  };
  for (const auto& row : cases) {
    const auto endpoints = read(row.text);
    ASSERT_FALSE(endpoints) << row.text;
    EXPECT_THAT(endpoints.error().text(), HasSubstr(row.words));
  }
}

}  // namespace
}  // namespace dskeeper::parent
