#include "child/notify_message.h"

#include <gtest/gtest.h>

namespace dskeeper::child {
namespace {

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

const dns::Question question{name("example.com."), dns::RecordType::cds};

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

// standards.md §1.5, with the names of RFC 9859 §4.2.1.
TEST(Rfc9859, S4_2_EveryOctet) {
  EXPECT_EQ(to_hex(make_notify(0x1234, question, name("errors.ns1.example.net."))),
            to_hex(hex("1234 2400 0001 0000 0000 0001 076578616d706c6503636f6d00 003b 0001"
                       "00 0029 04d0 00000000 001c 0012 0018"
                       "066572726f7273036e7331076578616d706c65036e657400")));
  EXPECT_EQ(to_hex(make_notify(1, {name("a."), dns::RecordType::csync}, {})),
            to_hex(hex("0001 2400 0001 0000 0000 0000 0161 00 003e 0001")));
}

TEST(Rfc1996, S3_6_WhatAnswersAndWhatDoesNot) {
  const std::string_view asked = "076578616d706c6503636f6d00 003b 0001";
  const auto answer = [&](std::string_view head, std::string_view body) {
    return read_notify_answer(hex(std::string(head) + std::string(body)), 0x1234, question);
  };
  EXPECT_EQ(answer("1234 A400 0001 0000 0000 0000", asked), dns::Rcode::noerror);
  EXPECT_EQ(answer("1234 A405 0001 0000 0000 0000", asked), dns::Rcode::refused);
  EXPECT_EQ(answer("1234 A004 0000 0000 0000 0000", ""), dns::Rcode::notimp);
  EXPECT_FALSE(answer("1235 A400 0001 0000 0000 0000", asked)) << "another ID";
  EXPECT_FALSE(answer("1234 2400 0001 0000 0000 0000", asked)) << "no response";
  EXPECT_FALSE(answer("1234 8400 0001 0000 0000 0000", asked)) << "another opcode";
  EXPECT_FALSE(answer("1234 A400 0000 0000 0000 0000", "")) << "an acknowledgement of what?";
  EXPECT_FALSE(answer("1234 A400 0001 0000 0000 0000", "0161 00 003b 0001")) << "another child";
  EXPECT_FALSE(answer("1234 A400 0001", ""));
}

}  // namespace
}  // namespace dskeeper::child
