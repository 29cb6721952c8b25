// RFC 9615 §4.3: signaling zones are walked along their NSEC records, which are nobody's evidence.
#include "survey/nsec_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "survey/test_nsec_zone.h"

namespace dskeeper::survey {
namespace {

using test::name;
using test::NsecZone;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string op = "_signal.ns1.op.";

std::vector<std::string> texts(const std::vector<dns::Name>& names) {
  std::vector<std::string> texts;
  for (const dns::Name& one : names) texts.push_back(one.text());
  return texts;
}

// Walks to the end, or to the first error.
struct Walked {
  std::vector<std::string> names;
  Result<void> result;
  std::size_t questions = 0;
};
Walked walk(const std::string& subtree, const auto& answer) {
  NsecWalk walk(name(subtree));
  Walked walked;
  while (walk.question() && walked.result && walked.questions < 100) {
    ++walked.questions;
    walked.result = walk.take(answer(*walk.question()));
  }
  walked.names = texts(walk.take_names());
  return walked;
}

TEST(Rfc4034, S4_1_1_TheNextNameLeadsThroughTheZone) {
  NsecZone zone(op);
  zone.add("_dsboot.b.example." + op);
  zone.add("_dsboot.a.example." + op);
  zone.add("_dsboot.c.test." + op);
  const Walked walked = walk(op, [&](const auto& asked) { return zone.answer(asked); });
  ASSERT_TRUE(walked.result) << walked.result.error().text();
  EXPECT_THAT(walked.names, ElementsAre("_dsboot.a.example." + op, "_dsboot.b.example." + op,
                                        "_dsboot.c.test." + op));
  EXPECT_EQ(walked.questions, 4U);
}

// `example._signal.ns1.op.` does not exist or is an empty non-terminal.
TEST(Rfc4035, S3_1_3_AWalkBeginsAndEndsAtNamesThatAreNotThere) {
  NsecZone zone(op);
  for (const char* child : {"a.alpha.", "a.example.", "b.example.", "c.test."}) {
    zone.add(std::string("_dsboot.") + child + op);
  }
  const auto answer = [&](const auto& asked) { return zone.answer(asked); };
  EXPECT_THAT(walk("example." + op, answer).names,
              ElementsAre("_dsboot.a.example." + op, "_dsboot.b.example." + op));
  EXPECT_THAT(walk("beta." + op, answer).names, IsEmpty());
  EXPECT_THAT(walk("zeta." + op, answer).names, IsEmpty()) << "behind the last name";
  EXPECT_EQ(walk("beta." + op, answer).questions, 1U);
}

TEST(Rfc4035, S3_1_4_AZoneCutIsSteppedOver) {
  NsecZone zone(op);
  for (const char* child : {"a.example.", "b.example.", "c.example."}) {
    zone.add(std::string("_dsboot.") + child + op);
  }
  zone.cut("_dsboot.b.example." + op);
  const Walked walked =
      walk("example." + op, [&](const auto& asked) { return zone.answer(asked); });
  ASSERT_TRUE(walked.result) << walked.result.error().text();
  EXPECT_THAT(walked.names, ElementsAre("_dsboot.a.example." + op, "_dsboot.b.example." + op,
                                        "_dsboot.c.example." + op));
}

TEST(Rfc4034, S4_1_1_NoServerLeadsInACircle) {
  const std::string a = "_dsboot.a.example." + op;
  const std::string b = "_dsboot.b.example." + op;
  // At b it leads back to a; that is the end of a zone, and no loop.
  const auto circle = [&](const dns::Question& asked) {
    const bool is_at_b = asked.name == name(b);
    return test::with_nsec(asked, is_at_b ? b : a, is_at_b ? a : b);
  };
  const Walked walked = walk(a, circle);
  EXPECT_TRUE(walked.result);
  EXPECT_LE(walked.questions, 2U);
  // It says again and again that the name itself comes next, or one that lies before it.
  for (const std::string& next : {b, a, op}) {
    const Walked stuck =
        walk(b, [&](const dns::Question& asked) { return test::with_nsec(asked, a, next); });
    EXPECT_LE(stuck.questions, 2U) << next;
  }
}

TEST(Rfc5155, S1_1_AZoneThatDeniesWithNsec3CannotBeWalked) {
  const Walked walked = walk(op, [](const dns::Question& asked) {
    dns::Message message = test::response_to(asked);
    message.authority.push_back({name("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom." + op),
                                 dns::RecordType::nsec3,
                                 dns::Ttl{60},
                                 {Bytes(30, 1)},
                                 {}});
    return message;
  });
  ASSERT_FALSE(walked.result);
  EXPECT_THAT(walked.result.error().text(), HasSubstr("NSEC3"));
  EXPECT_THAT(walked.result.error().text(), HasSubstr("allow you transfers"));
}

// RFC 9824 §3.1: the next name is the one that could follow at once.
TEST(Rfc9824, S3_1_ANameThatIsMadeUpForEachQuestionIsNotFollowed) {
  const Walked walked = walk(op, [](const dns::Question& asked) {
    return test::with_nsec(asked, asked.name.text(), "\\000." + asked.name.text());
  });
  ASSERT_FALSE(walked.result);
  EXPECT_THAT(walked.result.error().text(), HasSubstr("RFC 9824"));
  EXPECT_EQ(walked.questions, 1U);
}

TEST(NsecWalk, SaysWhyAServerIsOfNoUse) {
  const struct {
    const char* says;
    dns::Message message;
    const char* error;
  } cases[] = {
      {"refused",
       [] {
         dns::Message message;
         message.rcode = dns::Rcode::refused;
         return message;
       }(),
       "the server says REFUSED"},
      {"unsigned",
       [] {
         dns::Message message;
         message.is_authoritative = true;
         return message;
       }(),
       "Is the zone signed?"},
      {"lame", dns::Message(), "Does this name server have the zone?"},
  };
  for (const auto& [says, message, error] : cases) {
    const Walked walked = walk(op, [&m = message](const dns::Question&) { return m; });
    ASSERT_FALSE(walked.result) << says;
    EXPECT_THAT(walked.result.error().text(), HasSubstr(error)) << says;
  }
}

TEST(NsecWalk, ARecordThatDoesNotCoverTheNameIsPassedOver) {
  const std::string a = "_dsboot.a.example." + op;
  const std::string c = "_dsboot.c.example." + op;
  // The one that denies the wildcard stands in front of the one that denies the name.
  const Walked walked = walk("example." + op, [&](const dns::Question& asked) {
    dns::Message message = test::with_nsec(asked, op, "_dsboot.z.beta." + op);
    if (asked.name == name(c)) return test::with_nsec(asked, c, op);
    const dns::Message other = asked.name == name(a)
                                   ? test::with_nsec(asked, a, c)
                                   : test::with_nsec(asked, "_dsboot.z.beta." + op, a);
    message.authority.push_back(other.authority.at(0));
    return message;
  });
  ASSERT_TRUE(walked.result) << walked.result.error().text();
  EXPECT_THAT(walked.names, ElementsAre(a, c));
}

}  // namespace
}  // namespace dskeeper::survey
