// Damaged files: an error that names the file, or a snapshot; never a crash or a hang. Meant to be
// run under the sanitizers.
#include <gtest/gtest.h>

#include "base/test_mutation.h"
#include "parent/csv_reader.h"
#include "parent/ds_zone_file.h"
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
  for (int round = 0; round < rounds; ++round) {
    const auto list = folder.write(
        "list.csv", mutation.damage("name,ns,glue,ds,created,statuses,no-ds\n"
                                    "kid.example.,ns1.kid.example. ns.op.test.,ns1.kid.example. "
                                    "192.0.2.1,4711 13 2 " +
                                    digest + ",2020-01-02T03:04:05Z,clientHold; x,true\n"));
    const auto zone = folder.write(
        "zone", mutation.damage("@ 60 SOA ns host 7 1 1 1 1\n@ 60 NS ns\nkid 60 NS ns1.kid\n"
                                "ns1.kid 60 A 192.0.2.1\nkid 60 DS 4711 13 2 " +
                                digest + "\n@ 60 ZONEMD 7 1 9 " + digest + "\n"));
    const auto facts =
        folder.write("facts.csv", mutation.damage("name,roid,sponsor\nkid.example.,D1,\"A, B\"\n"));
    const auto from_list = make_list_source({name("example."), list, {}});
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

TEST(Robustness, FilesOfTheZoneFileSink) {
  const TestFolder folder;
  DsZoneFile written;
  written.revision = "2026112401";
  written.sets[name("kid.example.")] = {ds_set({1, 2}), dns::Ttl{60}};
  written.ahead[name("kid.example.")] = ds_set({3});
  written.ahead[name("lad.example.")] = {};
  const auto path = folder.path() / "ds.zone";
  ASSERT_TRUE(write_ds_zone_file(path, name("example."), written));
  const std::string whole = contents(path);
  EXPECT_EQ(read_ds_zone_file(path, name("example.")).value(), written);
  Mutation mutation(9975);
  for (int round = 0; round < 500; ++round) {
    folder.write("ds.zone", mutation.damage(whole));
    const auto read = read_ds_zone_file(path, name("example."));
    EXPECT_TRUE(read || read.error().where.starts_with(path.string()));
  }
}

}  // namespace
}  // namespace dskeeper::parent
