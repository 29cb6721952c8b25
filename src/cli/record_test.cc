// RFC 10026 §5.2: what the journal has of each decision.
#include "model/record.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "cli/test_past.h"

namespace dskeeper::cli {
namespace {

namespace json = boost::json;
using std::chrono::hours;

json::object details_of(const JournalEntry& entry) {
  return json::parse(entry.event.details).as_object();
}

TEST(Rfc10026, S5_2_TheJournalHasTheWholeRecord) {
  Past past(true);
  past.channel = Channel::due;
  past.child.everywhere([&](rules::test::Zone& zone) { zone.ask({&past.child.b}); });
  past.child.answer_status(1, dns::RecordType::cds, AnswerStatus::timeout);
  past.look(hours(0));

  const std::vector<JournalEntry> journal = past.journal();
  ASSERT_EQ(journal.size(), 1U);
  EXPECT_EQ(journal[0].event.at, rules::test::now + std::chrono::milliseconds(3));
  const json::object details = details_of(journal[0]);
  EXPECT_EQ(details.at("channel"), "due");
  EXPECT_EQ(details.at("outcome"), "retry");
  EXPECT_EQ(details.at("request"), "update");
  EXPECT_EQ(details.at("servers").as_array().size(), 2U);
  EXPECT_FALSE(details.at("findings").as_array().empty());

  bool has_records = false;
  bool has_silence = false;
  for (const json::value& seen : details.at("seen").as_array()) {
    const json::object& one = seen.as_object();
    if (one.at("type") != "CDS") continue;
    EXPECT_EQ(one.at("servers").as_array().size(), 1U);
    if (one.at("status") == "timeout") has_silence = true;
    if (one.at("status") != "answer") continue;
    has_records = true;
    const std::string record(one.at("records").as_array().at(0).as_string().c_str());
    EXPECT_EQ(record, "kid.example. 3600 IN CDS " + past.child.b.ds().text());
  }
  EXPECT_TRUE(has_records);
  EXPECT_TRUE(has_silence);
}

// What is sent rests on the last judgement, which must be provable as the first is.
TEST(Evidence, OfAQueuedChangeThatIsJudgedAgainIsKept) {
  Past past(true);
  past.child.everywhere([&](rules::test::Zone& zone) { zone.ask({&past.child.b}); });
  ASSERT_EQ(past.look(hours(0)), Outcome::accept);
  for (const int hour : {1, 2, 3}) {
    const std::size_t before = past.journal().size();
    ASSERT_EQ(past.look(hours(hour)), Outcome::accept);
    const std::vector<JournalEntry> journal = past.journal();
    ASSERT_EQ(journal.size(), before + 1);
    EXPECT_TRUE(details_of(journal.back()).contains("evidence"));
  }
  std::vector<std::string> groups;
  ASSERT_TRUE(past.store().visit_evidence(past.zone(), Time{}, [&](const auto& packed) {
    groups.push_back(packed->group);
    return true;
  }));
  const std::string again = "change " + past.open_change->id;
  EXPECT_EQ(groups, (std::vector<std::string>{"", again, again})) << "the first and the latest";
}

TEST(Rfc10026, S5_2_TheRecordNamesTheSetApplied) {
  Past past(true);
  past.child.everywhere([&](rules::test::Zone& zone) { zone.ask({&past.child.b}); });
  ASSERT_EQ(past.look(hours(0)), Outcome::accept);
  const json::object details = details_of(past.journal().at(0));
  EXPECT_EQ(details.at("outcome"), "accept");
  EXPECT_EQ(details.at("ds").as_array().at(0), json::value(past.child.b.ds().text()));
  // The change has the same evidence, and is the same look.
  ASSERT_EQ(past.journal().size(), 2U);
  EXPECT_EQ(details_of(past.journal()[1]).at("evidence"), details.at("evidence"));
}

TEST(Rfc10026, S5_2_AHugeSetIsCutInTheJournal) {
  Past past(true);
  std::vector<dns::Ds> many;
  for (std::uint16_t tag = 0; tag < 400; ++tag) {
    many.push_back({{tag}, dns::Algorithm::ed25519, dns::DigestType::sha256, Bytes(32, 7)});
  }
  past.child.everywhere([&](rules::test::Zone& zone) { zone.set_cds(many); });
  past.look(hours(0));
  EXPECT_THAT(past.journal().at(0).event.details,
              testing::HasSubstr("; 400 records in all, see the evidence"));
  EXPECT_LT(past.journal().at(0).event.details.size(), 20'000U);
}

}  // namespace
}  // namespace dskeeper::cli
