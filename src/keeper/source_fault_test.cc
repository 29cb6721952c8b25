#include "keeper/source_fault.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dskeeper::keeper {
namespace {

std::vector<Entry> reading(unsigned count, unsigned secure) {
  std::vector<Entry> out;
  for (unsigned i = 0; i < count; ++i) {
    out.push_back({dns::Name::parse("kid" + std::to_string(i) + ".example.").value(), i < secure});
  }
  std::sort(out.begin(), out.end(),
            [](const Entry& a, const Entry& b) { return a.child < b.child; });
  return out;
}

std::vector<Entry> without(std::vector<Entry> entries, std::size_t count) {
  entries.resize(entries.size() - count);
  return entries;
}

const auto nobody = [](const dns::Name&) { return false; };

TEST(SourceFault, FindsWhatVanished) {
  const Losses losses = compare_readings(reading(50, 30), without(reading(50, 20), 5), nobody);
  EXPECT_EQ(losses.delegations, 50U);
  EXPECT_EQ(losses.secure, 30U);
  EXPECT_EQ(losses.vanished_delegations, 5U);
  // The canonically last names are kid5 … kid9: secure in both readings, and gone as a whole.
  EXPECT_EQ(losses.vanished_ds, 10U);
  EXPECT_EQ(compare_readings(reading(50, 30), reading(90, 40), nobody).vanished_ds, 0U);
  EXPECT_EQ(compare_readings({}, reading(90, 40), nobody).delegations, 0U);
}

TEST(SourceFault, OurOwnRemovalsAreNoLoss) {
  const auto ours = [](const dns::Name& child) { return child.text() == "kid2.example."; };
  EXPECT_EQ(compare_readings(reading(5, 3), reading(5, 2), ours).vanished_ds, 0U);
}

TEST(SourceFault, MoreThanTheBreakersShareIsAFault) {
  struct Row {
    Losses losses;
    bool is_fault;
  };
  for (const Row& row :
       {Row{{10'000, 5'000, 100, 50}, false}, Row{{10'000, 5'000, 101, 0}, true},
        Row{{10'000, 5'000, 0, 51}, true}, Row{{100, 50, 20, 20}, false},
        Row{{100, 50, 21, 0}, true}, Row{{100, 50, 0, 21}, true}, Row{{5, 5, 5, 0}, true},
        Row{{5, 5, 4, 1}, false}, Row{{1, 1, 1, 0}, false}, Row{{0, 0, 0, 0}, false}}) {
    EXPECT_EQ(find_source_fault(row.losses, Policy()).has_value(), row.is_fault)
        << row.losses.vanished_delegations << " " << row.losses.vanished_ds << " of "
        << row.losses.delegations;
  }
  EXPECT_EQ(find_source_fault({100, 50, 0, 21}, Policy()),
            "21 of the 50 DS sets known are missing in this reading of the source");
}

}  // namespace
}  // namespace dskeeper::keeper
