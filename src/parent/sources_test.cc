#include "parent/sources.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parent/snapshot_maker.h"
#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

const std::string digest(64, 'A');
const std::string zone_text =
    "$TTL 300\n"
    "@ SOA ns.example. host.example. 2026112401 1 1 1 1\n"
    "@ NS ns.example.\n"
    "ns A 192.0.2.53\n"
    "kid NS ns1.kid\n"
    "ns1.kid A 192.0.2.1\n"
    "kid 60 DS 4711 13 2 " +
    digest +
    "\n"
    "lad NS ns.test.\n";

// A source over files of a folder of its own, read once.
struct Reading {
  TestFolder folder;
  FixedClock clock{test_time()};
  SnapshotResult zone_file(std::string_view zone, std::string_view facts = {}) const {
    ZoneFileSourceOptions options{name("example."), folder.write("example.zone", zone), {}};
    if (!facts.empty()) options.facts = folder.write("facts.csv", facts);
    return run_to_end(make_zone_file_source(options, clock)->read());
  }
  SnapshotResult list(std::string_view list, std::string_view facts = {}) const {
    ListSourceOptions options{name("example."), folder.write("domains.csv", list), {}, needs_glue};
    if (!facts.empty()) options.facts = folder.write("facts.csv", facts);
    return run_to_end(make_list_source(options)->read());
  }
  bool needs_glue = false;
  // An error's text without the folder.
  [[nodiscard]] std::string fault(const SnapshotResult& result) const {
    if (result) return "no fault";
    const std::string text = result.error().text();
    const std::string prefix = folder.path().string() + "/";
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
  }
};

// Of which whole delegations are made: without glue all that need it would be cut off.
TEST(ListSource, WithoutTheGlueThatIsNeeded_IsRefused) {
  Reading reading;
  const std::string without = "name,ns,ds\nkid.example.,ns1.kid.example.,\n";
  EXPECT_TRUE(reading.list(without));
  reading.needs_glue = true;
  EXPECT_EQ(reading.fault(reading.list(without)), "domains.csv:1: the column \"glue\" is missing.");
  EXPECT_TRUE(reading.list("name,ns,glue,ds\nkid.example.,ns1.op.test.,,\n"));
}

TEST(ZoneFileSource, GivesTheDelegationsAndTheSerial) {
  Reading reading;
  const auto snapshot = reading.zone_file(zone_text);
  ASSERT_TRUE(snapshot) << snapshot.error().text();
  EXPECT_EQ((*snapshot)->zone(), name("example."));
  EXPECT_EQ((*snapshot)->revision(), "2026112401");
  ASSERT_EQ((*snapshot)->size(), 2U);
  const std::optional<Delegation> kid = (*snapshot)->find(name("KID.example"));
  ASSERT_TRUE(kid);
  EXPECT_EQ(kid->ds, ds_set({4711}));
  EXPECT_EQ(kid->revision, "2026112401");
  EXPECT_FALSE((*snapshot)->find(name("ns.example.")));
  EXPECT_EQ((*snapshot)->at(1).child, name("lad.example."));
}

TEST(ZoneFileSource, IsReadWholeOrNotAtAll) {
  const struct {
    std::string zone;
    const char* fault;
  } cases[] = {
      {zone_text + "kid2 NS ns..test.\n", "example.zone:9: "},
      {zone_text + "kid.other. NS ns.test.\n",
       "example.zone:9: kid.other. lies outside the zone example."},
      {"kid 60 NS ns.test.\n", "example.zone: there is no SOA record of example."},
      // Cut in the middle of a name, and what is left after a crash.
      {zone_text.substr(0, zone_text.size() - 5), "example.zone:8: the last line does not end"},
      {zone_text + std::string(4096, '\0'), "example.zone:9: the line holds an octet of zero"},
      {"", "example.zone: there is no SOA record of example."},
  };
  for (const auto& [zone, fault] : cases) {
    Reading reading;
    EXPECT_THAT(reading.fault(reading.zone_file(zone)), testing::StartsWith(fault));
  }
}

// RFC 8976: appendix A.1's zone, with a delegation that was added without a new digest.
TEST(ZoneFileSource, AZoneThatIsNotAsItsZonemdSaysIsRefused) {
  const std::string soa = "@ 86400 SOA ns1 admin 2018031900 1800 900 604800 86400\n";
  const std::string zonemd =
      "@ 86400 ZONEMD 2018031900 1 1 c68090d90a7aed716bc459f9340e3d7c1370d4d24b7e2fc3"
      "a1ddc0b9a87153b9a9713b3c9ae5cc27777f98b8e730044c\n";
  const std::string rest =
      "@ 86400 NS ns1\n@ 86400 NS ns2\nns1 3600 A 203.0.113.63\nns2 3600 AAAA 2001:db8::63\n";
  const std::string more = "kid 60 NS ns.test.\n";
  const std::string later = "@ 86400 ZONEMD 2018031900 1 9 C68090D90A7AED716BC459F9\n";
  Reading reading;
  // Also where the record is the last one, so that the file is read twice.
  for (const std::string& text :
       {fmt::format("{}{}{}", soa, zonemd, rest), fmt::format("{}{}{}", soa, rest, zonemd)}) {
    const auto snapshot = reading.zone_file(text);
    ASSERT_TRUE(snapshot) << snapshot.error().text();
    EXPECT_THAT((*snapshot)->warnings(), IsEmpty());
  }
  for (const std::string& text : {fmt::format("{}{}{}{}", soa, zonemd, rest, more),
                                  fmt::format("{}{}{}{}", soa, rest, more, zonemd)}) {
    EXPECT_THAT(reading.fault(reading.zone_file(text)),
                testing::StartsWith("example.zone: the ZONEMD record of example. does not match"));
  }
  const auto snapshot = reading.zone_file(soa + later + rest + more);
  ASSERT_TRUE(snapshot) << snapshot.error().text();
  EXPECT_THAT((*snapshot)->warnings(), ElementsAre(HasSubstr("the zone is not checked")));
}

TEST(ZoneFileSource, SaysWhichFileIsMissing) {
  const auto snapshot = run_to_end(
      make_zone_file_source({name("example."), "/nonexistent/example.zone", {}}, SystemClock())
          ->read());
  EXPECT_THAT(snapshot.error().text(), testing::StartsWith("/nonexistent/example.zone: "));
}

TEST(Facts, AreWrittenOntoTheDelegations) {
  Reading reading;
  const auto snapshot =
      reading.zone_file(zone_text,
                        "sponsor,name,roid,created,statuses,no-ds,no-ns,bootstrap\r\n"
                        "\"Registrar, Inc.\",kid.example,D1-EX,2020-01-02T03:04:05Z,clientHold; "
                        "serverUpdateProhibited,true,,false\r\n");
  ASSERT_TRUE(snapshot) << snapshot.error().text();
  Registration expected;
  expected.roid = "D1-EX";
  expected.sponsor = "Registrar, Inc.";
  expected.created = parse_time("2020-01-02T03:04:05Z").value();
  expected.statuses = std::vector<std::string>{"clientHold", "serverUpdateProhibited"};
  expected.no_ds = true;
  expected.bootstrap = false;
  EXPECT_EQ((*snapshot)->find(name("kid.example."))->registration, expected);
  EXPECT_EQ((*snapshot)->find(name("lad.example."))->registration, Registration{});
  EXPECT_THAT((*snapshot)->warnings(), IsEmpty());
}

// What is missing must be told from what is said to be none: an opt-out hangs on it.
TEST(Facts, AnEmptyCellSaysNothing_ButOfStatusesThatThereAreNone) {
  Reading reading;
  const auto snapshot =
      reading.zone_file(zone_text, "name,statuses,no-ds,no-ns\nkid.example.,,,false\n");
  ASSERT_TRUE(snapshot) << snapshot.error().text();
  const Registration kid = (*snapshot)->find(name("kid.example."))->registration;
  EXPECT_EQ(kid.statuses, std::vector<std::string>());
  EXPECT_EQ(kid.no_ds, std::nullopt);
  EXPECT_EQ(kid.no_ns, false);
  const Registration lad = (*snapshot)->find(name("lad.example."))->registration;
  EXPECT_EQ(lad.statuses, std::nullopt) << "it has no row";
}

TEST(Facts, OfNamesThatAreNoDelegationsAreCountedAndPassedOver) {
  Reading reading;
  const auto snapshot =
      reading.zone_file(zone_text, "name,roid\nold.example.,1\nkid.example.,2\nx.example.,3\n");
  ASSERT_TRUE(snapshot) << snapshot.error().text();
  EXPECT_EQ((*snapshot)->find(name("kid.example."))->registration.roid, "2");
  EXPECT_THAT(
      (*snapshot)->warnings(),
      ElementsAre(HasSubstr("2 names are no delegations of example., old.example. for one")));
}

TEST(Facts, AFaultNamesFileLineAndColumn) {
  const struct {
    const char* facts;
    const char* fault;
  } cases[] = {
      {"name,sponser\n",
       "facts.csv:1: the column \"sponser\" is unknown. The nearest known one is \"sponsor\"."},
      {"name,no_ns\n",
       "facts.csv:1: the column \"no_ns\" is unknown. The nearest known one is \"no-ns\"."},
      {"name,glue\n", "facts.csv:1: the column \"glue\" is unknown."},
      {"roid\nx\n", "facts.csv:1: the column \"name\" is missing."},
      {"name,roid,roid\n", "facts.csv:1: the column \"roid\" stands twice."},
      {"\n", "facts.csv:1: the header is missing. Begin with: name,…"},
      {"name,created\nkid.example.,2020\n",
       "facts.csv:2: column \"created\": \"2020\" is not a time."},
      {"name,no-ds\nold.example.,maybe\n",
       "facts.csv:2: column \"no-ds\": \"maybe\" is neither true nor false."},
      {"name\n\nkid.other.\n", "facts.csv:3: column \"name\": kid.other. is not below example."},
      {"name\nbücher.example.\n",
       "facts.csv:2: column \"name\": \"bücher.example.\" is not written in ASCII."},
      {"name,roid\nkid.example.\n", "facts.csv:2: the row has 1 cells, the header 2."},
      {"name,roid\nkid.example.,1\nKID.example,2\n", "facts.csv:3: kid.example. stands twice."},
  };
  for (const auto& [facts, fault] : cases) {
    Reading reading;
    EXPECT_THAT(reading.fault(reading.zone_file(zone_text, facts)), testing::StartsWith(fault));
  }
}

TEST(ListSource, GivesTheDelegationsOfTheRows) {
  Reading reading;
  const auto snapshot = reading.list(
      "name,ns,glue,ds,roid,no-ds\n"
      "kid.example.,ns2.op.test. ns1.kid.example.,ns1.kid.example. 192.0.2.1; ns1.kid.example. "
      "2001:db8::1,4711 13 2 " +
          digest + "; 4712 13 2 " + digest + ",D1,true\n" + "lad.example,NS.test,,,,\n",
      "name,sponsor,roid\nkid.example.,Registrar,\n");
  ASSERT_TRUE(snapshot) << snapshot.error().text();
  EXPECT_THAT((*snapshot)->revision(), MatchesRegex("sha256:[0-9a-f]+"));
  ASSERT_EQ((*snapshot)->size(), 2U);
  const std::optional<Delegation> kid = (*snapshot)->find(name("kid.example."));
  ASSERT_TRUE(kid);
  EXPECT_EQ(kid->ds, ds_set({4711, 4712}));
  EXPECT_THAT(kid->hosts(), ElementsAre(name("ns1.kid.example."), name("ns2.op.test.")));
  EXPECT_EQ(kid->name_servers[0].glue.size(), 2U);
  EXPECT_EQ(kid->registration.roid, "D1") << "an empty cell of the facts says nothing";
  EXPECT_EQ(kid->registration.sponsor, "Registrar");
  EXPECT_EQ(kid->registration.no_ds, true);
  EXPECT_EQ(kid->revision, (*snapshot)->revision());
  EXPECT_THAT((*snapshot)->find(name("lad.example."))->hosts(), ElementsAre(name("ns.test.")));
}

TEST(ListSource, AFaultNamesFileLineAndColumn) {
  const struct {
    const char* list;
    const char* fault;
  } cases[] = {
      {"name\nkid.example.\n", "domains.csv:1: the column \"ns\" is missing."},
      {"name,ns,glu\n",
       "domains.csv:1: the column \"glu\" is unknown. The nearest known one is \"glue\"."},
      {"name,ns\nkid.example.,ns.test.\n", "domains.csv:1: the column \"ds\" is missing."},
      {"name,ns,ds\nkid.example.,,\n", "domains.csv:2: kid.example. has no hosts."},
      {"name,ns,ds\nkid.example.,ns..test.,\n", "domains.csv:2: column \"ns\": "},
      {"name,ns,ds\nkid.example.,ns.test.,4711 13\n", "domains.csv:2: column \"ds\": "},
      {"name,glue,ns,ds\nkid.example.,ns.kid.example. 192.0.2.1,ns.test.,\n",
       "domains.csv:2: column \"glue\": ns.kid.example. is not among the hosts"},
      {"name,ns,glue,ds\nkid.example.,ns.test.,192.0.2.1,\n",
       "domains.csv:2: column \"glue\": \"192.0.2.1\" is not a host and an address"},
      {"name,ns,ds\nkid.example.,ns.test.,4711 13 2 AABB\n",
       "domains.csv:2: column \"ds\": a digest of type 2 has 32 octets, this one 2."},
      {"name,ns,ds\nkid.example.,ns.test.,0 0 0 00\n",
       "domains.csv:2: column \"ds\": algorithm 0 names no key."},
      {"name,ns,ds\nkid.example.,ns.test.,\nkid.example.,ns.test.,\n",
       "domains.csv:3: kid.example. stands twice."},
  };
  for (const auto& [list, fault] : cases) {
    Reading reading;
    EXPECT_THAT(reading.fault(reading.list(list)), testing::StartsWith(fault));
  }
}

}  // namespace
}  // namespace dskeeper::parent
