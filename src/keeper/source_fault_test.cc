#include "keeper/source_fault.h"

#include <gtest/gtest.h>

namespace dskeeper::keeper {
namespace {

TEST(SourceFault, CountsWhatVanished) {
  Losses losses;
  for (const bool was_secure : {true, false}) {
    losses.count(was_secure, Loss::none);
    losses.count(was_secure, Loss::delegation);
  }
  losses.count(true, Loss::ds_set);
  EXPECT_EQ(losses.delegations, 5U);
  EXPECT_EQ(losses.secure, 3U);
  EXPECT_EQ(losses.vanished_delegations, 2U);
  EXPECT_EQ(losses.vanished_ds, 1U);
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
