#include "child/published.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dskeeper::child {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Records older = {{dns::RecordType::cds, {{1}}}, {dns::RecordType::cdnskey, {{2}}}};
const Records newer = {{dns::RecordType::cds, {{1}, {3}}}, {dns::RecordType::cdnskey, {{2}}}};

Shown shown(int number, Result<Records> records) {
  return {{dns::Name::parse("ns" + std::to_string(number) + ".op.").value(),
           IpAddress::parse("192.0.2." + std::to_string(number)).value()},
          std::move(records)};
}

TEST(Rfc9859, S4_2_NotifyForCdsIsAboutCdnskeyToo) {
  EXPECT_THAT(types_of(dns::RecordType::cds),
              ElementsAre(dns::RecordType::cds, dns::RecordType::cdnskey));
  EXPECT_THAT(types_of(dns::RecordType::csync), ElementsAre(dns::RecordType::csync));
}

TEST(Rfc9859, S4_2_AllPublicServersShowWhatThePrimaryShows) {
  EXPECT_THAT(find_laggards(newer, std::vector{shown(1, newer), shown(2, newer)}), IsEmpty());
  EXPECT_THAT(find_laggards(newer, std::vector{shown(1, newer), shown(2, older)}),
              ElementsAre("ns2.op. 192.0.2.2 shows other records than the primary"));
  EXPECT_THAT(find_laggards(newer, std::vector{shown(1, older), shown(2, older)}),
              testing::SizeIs(2));
}

TEST(Rfc9859, S4_2_WithoutAPrimaryTheyShowTheSame) {
  EXPECT_THAT(find_laggards({}, std::vector{shown(1, older), shown(2, older)}), IsEmpty());
  EXPECT_THAT(find_laggards({}, std::vector{shown(1, newer), shown(2, older)}),
              ElementsAre(HasSubstr("ns2.op. 192.0.2.2 shows other records than ns1.op.")));
}

TEST(Rfc9859, S4_2_WhoDoesNotAnswerDoesNotShowThem) {
  EXPECT_THAT(find_laggards({}, std::vector{shown(1, fail("timeout")), shown(2, older)}),
              ElementsAre(HasSubstr("ns1.op. 192.0.2.1: timeout")));
}

}  // namespace
}  // namespace dskeeper::child
