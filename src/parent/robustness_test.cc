// Damaged files: an error that names the file, or a snapshot; never a crash or a hang. Meant to be
// run under the sanitizers.
#include <gtest/gtest.h>

#include "base/test_mutation.h"
#include "parent/csv_reader.h"
#include "parent/delegation_file.h"
#include "parent/sources.h"
#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

const std::string digest(64, 'A');

TEST(Robustness, CommaSeparatedValues) {
  Mutation mutation(4180);
  int whole = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = mutation.damage(
        "name,ns,ds\r\nkid.example.,\"ns1.op. \"\"x\"\"\nns2.op.\",\n\nlad.example.,ns,1 13 2 "
        "AA\n");
    CsvReader reader(text, "list.csv");
    while (true) {
      const auto row = reader.next();
      whole += row && !*row ? 1 : 0;
      if (!row || !*row) break;
      EXPECT_LE((*row)->cells.size(), csv_cells_max);
    }
  }
  EXPECT_GT(whole, 0);
}

TEST(Robustness, ListsFactsAndZoneFiles) {
  const TestFolder folder;
  const FixedClock clock(test_time());
  Mutation mutation(10026);
  int read = 0;
  constexpr int rounds = 400;
  const std::string list_text =
      "name,ns,glue,ds,created,statuses,no-ds\n"
      "kid.example.,ns1.kid.example. ns.op.test.,ns1.kid.example. 192.0.2.1,4711 13 2 " +
      digest + ",2020-01-02T03:04:05Z,clientHold; x,true\n";
  const std::string zone_text =
      "@ 60 SOA ns host 7 1 1 1 1\n@ 60 NS ns\nkid 60 NS ns1.kid\nns1.kid 60 A 192.0.2.1\n"
      "kid 60 DS 4711 13 2 " +
      digest + "\n@ 60 ZONEMD 7 1 9 " + digest + "\n";
  for (int round = 0; round < rounds; ++round) {
    const auto list = folder.write("list.csv", mutation.damage(list_text));
    const auto zone = folder.write("zone", mutation.damage(zone_text));
    const auto facts =
        folder.write("facts.csv", mutation.damage("name,roid,sponsor\nkid.example.,D1,\"A, B\"\n"));
    const auto from_list = make_list_source({name("example."), list, {}, false});
    const auto from_zone = make_zone_file_source({name("example."), zone, facts}, clock);
    for (Source* source : {from_list.get(), from_zone.get()}) {
      const auto snapshot = run_to_end(source->read());
      if (snapshot) {
        ++read;
      } else {
        EXPECT_TRUE(snapshot.error().where.starts_with(folder.path().string()))
            << snapshot.error().text();
      }
    }
  }
  EXPECT_GT(read, 0);
  EXPECT_LT(read, 2 * rounds);
}

// One of everything that such a file can have.
DelegationFile sink_file(ZoneFileContent content) {
  DelegationFile file(name("example."));
  file.revision = "2026112401";
  file.ds_ahead[name("kid.example.")] = ds_set({3});
  file.ds_ahead[name("lad.example.")] = {};
  file.registrations_ahead[name("lad.example.")] = "D1 \n \xC3\xA9";
  Delegation kid = test_delegation("kid.example.", {1, 2});
  kid.ds_ttl = dns::Ttl{60};
  if (content == ZoneFileContent::ds) {
    kid.name_servers.clear();
  } else {
    kid.name_servers = {test_host("kid.example.", {"192.0.2.1", "2001:db8::1"}),
                        test_host("ns1.op.test.")};
    file.lent[kid.child] = {test_host("ns2.kid.example.", {"192.0.2.2"})};
    file.name_servers_ahead[kid.child] = {test_host("ns2.kid.example.", {"192.0.2.2"})};
    file.name_server_ttl = dns::Ttl{300};
    file.delegations.append(test_delegation("boy.example.", {}));
  }
  file.delegations.append(kid);
  return file;
}

TEST(Robustness, FilesOfTheZoneFileSink) {
  const TestFolder folder;
  const auto path = folder.path() / "ds.zone";
  for (const auto content : {ZoneFileContent::ds, ZoneFileContent::delegations}) {
    const DelegationFile written = sink_file(content);
    ASSERT_TRUE(write_delegation_file(path, content, written));
    const std::string whole = contents(path);
    EXPECT_EQ(read_delegation_file(path, name("example."), content).value(), written) << whole;
    Mutation mutation(9975);
    for (int round = 0; round < 500; ++round) {
      folder.write("ds.zone", mutation.damage(whole));
      const auto read = read_delegation_file(path, name("example."), content);
      EXPECT_TRUE(read || read.error().where.starts_with(path.string()));
    }
  }
}

}  // namespace
}  // namespace dskeeper::parent
