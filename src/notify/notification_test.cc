// RFC 9859 §4: what is read of a NOTIFY, and how it is answered.
#include "notify/notification.h"

#include <gtest/gtest.h>

#include "notify/test_notify.h"

namespace dskeeper::notify {
namespace {

using dns::Rcode;
using dns::RecordType;

Rcode rcode_of(const NotifyParts& parts) {
  const Bytes wire = make_notify(parts);
  const auto incoming = read_message(wire);
  return incoming ? incoming->rcode : Rcode{999};
}

Bytes answer_to(const Bytes& wire) {
  const auto incoming = read_message(wire);
  return incoming ? make_answer(wire, *incoming, incoming->rcode) : Bytes();
}

std::optional<dns::Name> agent_of(Bytes options) {
  const auto incoming = read_message(make_notify({.has_opt = true, .options = std::move(options)}));
  EXPECT_TRUE(incoming && incoming->notification);
  return incoming->notification->agent;
}

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// standards.md §1.5, from RFC 9859 §4.2.1.
TEST(Rfc9859, S4_1_TheExampleOfTheStandard) {
  const Bytes wire =
      from_hex(
          "1234 2400 0001 0000 0000 0001 076578616d706c6503636f6d00 003b 0001 00 0029 04d0 "
          "00000000 001c 0012 0018 066572726f7273036e7331076578616d706c65036e657400")
          .value();
  const auto incoming = read_message(wire);
  ASSERT_TRUE(incoming && incoming->notification);
  const Notification expected{name_of("example.com."), RecordType::cds,
                              name_of("errors.ns1.example.net.")};
  EXPECT_EQ(*incoming->notification, expected);
  EXPECT_EQ(to_hex(answer_to(wire)),
            to_hex(from_hex("1234 A400 0001 0000 0000 0001 076578616d706c6503636f6d00 003b 0001 "
                            "00 0029 04d0 00000000 0000")
                       .value()));
}

TEST(Rfc9859, S4_1_CsyncWithoutEdns) {
  const Bytes wire = make_notify({.type = RecordType::csync});
  const auto incoming = read_message(wire);
  ASSERT_TRUE(incoming && incoming->notification);
  EXPECT_EQ(incoming->notification->type, RecordType::csync);
  EXPECT_FALSE(incoming->notification->agent);
  EXPECT_EQ(answer_to(wire).size(), wire.size());
}

// The question is repeated octet by octet, so that a sender finds its own again.
TEST(Rfc1996, S3_AnswerRepeatsTheQuestionAsItStands) {
  Bytes wire = make_notify();
  wire[13] = 'E';
  const Bytes answer = answer_to(wire);
  ASSERT_EQ(answer.size(), wire.size());
  EXPECT_TRUE(std::equal(wire.begin() + 12, wire.end(), answer.begin() + 12));
  EXPECT_EQ(read_message(wire)->notification->child, name_of("example.com."));
}

TEST(EdgeCase, N101_MoreThanOneChild_IsFormerr) {
  EXPECT_EQ(rcode_of({.questions = 2}), Rcode::formerr);
  EXPECT_EQ(rcode_of({.questions = 0}), Rcode::formerr);
  EXPECT_EQ(answer_to(make_notify({.questions = 2})).size(), 12U);
}

TEST(EdgeCase, N102_OtherTypes_AreNotImplemented) {
  for (const RecordType type : {RecordType::soa, RecordType::cdnskey, RecordType::any}) {
    EXPECT_EQ(rcode_of({.type = type}), Rcode::notimp);
  }
}

TEST(EdgeCase, N105_RecordsInTheAnswerSection_AreNoData) {
  Bytes forged;
  dns::put_u16(forged, 0xC00C);
  dns::put_u16(forged, 59);
  dns::put_u16(forged, 1);
  dns::put_u32(forged, 60);
  dns::put_u16(forged, 5);
  dns::put_bytes(forged, Bytes(5));
  const Bytes wire = make_notify({.records = forged, .answers = 1});
  const auto incoming = read_message(wire);
  ASSERT_TRUE(incoming && incoming->notification);
  EXPECT_EQ(*incoming->notification, *read_message(make_notify())->notification);
  EXPECT_EQ(answer_to(wire), answer_to(make_notify()));
}

TEST(Rfc9859, OtherOpcodesAndClasses_AreNoWork) {
  EXPECT_EQ(rcode_of({.flags = 0x0100}), Rcode::refused);  // a query
  EXPECT_EQ(rcode_of({.flags = 0x2800}), Rcode::notimp);   // an UPDATE
  EXPECT_EQ(rcode_of({.flags = 0x7800}), Rcode::notimp);
  EXPECT_EQ(rcode_of({.dns_class = 3}), Rcode::refused);
  EXPECT_EQ(rcode_of({.flags = 0x2000}), Rcode::noerror);  // AA is not insisted on
}

// Two servers that answer each other's responses would never end.
TEST(Rfc1996, Responses_AreNotAnswered) {
  EXPECT_FALSE(read_message(make_notify({.flags = 0xA400})));
  EXPECT_FALSE(read_message(make_notify({.flags = 0xA401})));
  for (std::size_t octets = 0; octets < 12; ++octets) {
    EXPECT_FALSE(read_message(Bytes(octets)));
  }
}

TEST(Rfc6891, S6_1_1_OptOnce_AtTheRoot) {
  Bytes twice = make_notify({.has_opt = true});
  const Bytes opt(twice.end() - 11, twice.end());
  twice = joined(twice, opt);
  twice[11] = 2;
  EXPECT_EQ(read_message(twice)->rcode, Rcode::formerr);
  EXPECT_EQ(rcode_of({.has_opt = true, .options = {0, 18, 0}}), Rcode::formerr);
}

TEST(Rfc6891, S6_1_3_UnknownVersion_IsBadvers) {
  const Bytes wire = make_notify({.has_opt = true, .edns_version = 1});
  EXPECT_EQ(read_message(wire)->rcode, badvers);
  const Bytes answer = answer_to(wire);
  ASSERT_EQ(answer.size(), wire.size());
  EXPECT_EQ(answer[3] & 0x0F, 0);
  EXPECT_EQ(answer[answer.size() - 6], 1);  // the upper eight bits of 16
}

// standards.md §1.6.
TEST(Rfc9567, S5_AgentDomain_OneOrNone) {
  EXPECT_EQ(agent_of(report_channel_to("errors.ns1.example.net.")),
            name_of("errors.ns1.example.net."));
  EXPECT_FALSE(agent_of(option(18, {})));
  EXPECT_FALSE(agent_of(report_channel_to(".")));
  const Bytes pointer = {0xC0, 0x0C};
  EXPECT_FALSE(agent_of(option(18, pointer)));
  const Bytes one = report_channel_to("a.example.");
  EXPECT_FALSE(agent_of(joined(one, one)));
  EXPECT_FALSE(agent_of(option(10, Bytes(8))));
  EXPECT_EQ(agent_of(joined(option(10, Bytes(8)), one)), name_of("a.example."));
}

TEST(Rfc9859, OctetsBehindTheLastRecord_AreFormerr) {
  Bytes wire = make_notify();
  wire.push_back(0);
  EXPECT_EQ(read_message(wire)->rcode, Rcode::formerr);
  const Bytes cut(wire.begin(), wire.end() - 3);
  EXPECT_EQ(read_message(cut)->rcode, Rcode::formerr);
}

}  // namespace
}  // namespace dskeeper::notify
