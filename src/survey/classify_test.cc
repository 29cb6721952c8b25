#include "survey/classify.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/testing/fake_server.h"

namespace dskeeper::survey {
namespace {

using dns::RecordType;
using net::FakeMessage;

const dns::Name kid = dns::Name::parse("kid.example.").value();
const dns::Question question{kid, RecordType::cds};

dns::Record record(const char* owner, RecordType type, Bytes rdata) {
  return {dns::Name::parse(owner).value(), type, dns::Ttl{60}, std::move(rdata)};
}
Bytes name_rdata(const char* name) {
  const dns::Name parsed = dns::Name::parse(name).value();
  return {parsed.wire().begin(), parsed.wire().end()};
}
Bytes soa_rdata() {
  Bytes rdata = name_rdata("ns.example.");
  const Bytes rname = name_rdata("hostmaster.example.");
  rdata.insert(rdata.end(), rname.begin(), rname.end());
  rdata.resize(rdata.size() + 20);
  return rdata;
}
dns::Record cds(const char* owner = "kid.example.") {
  Bytes rdata = {0x12, 0x34, 13, 2};
  rdata.resize(4 + 32);
  return record(owner, RecordType::cds, rdata);
}
dns::Record soa(const char* owner = "kid.example.") {
  return record(owner, RecordType::soa, soa_rdata());
}
dns::Record ns(const char* owner) {
  return record(owner, RecordType::ns, name_rdata("ns.op."));
}

struct Case {
  const char* what;
  FakeMessage message;
  AnswerStatus status;
};

TEST(Classify, GivesEachResponseItsWord) {
  const Case cases[] = {
      {"the RRset is there", {.answer = {cds()}}, AnswerStatus::answer},
      {"NODATA with its SOA", {.authority = {soa()}}, AnswerStatus::nodata},
      {"NODATA without anything (RFC 2308 §2.2, type 3)", {}, AnswerStatus::nodata},
      {"NODATA of another zone", {.authority = {soa("example.")}}, AnswerStatus::not_authoritative},
      {"a record of another name is no answer",
       {.answer = {cds("www.kid.example.")}},
       AnswerStatus::nodata},
      {"an answer without AA",
       {.is_authoritative = false, .answer = {cds()}},
       AnswerStatus::not_authoritative},
      {"NODATA without AA",
       {.is_authoritative = false, .authority = {soa()}},
       AnswerStatus::not_authoritative},
      {"nothing without AA", {.is_authoritative = false}, AnswerStatus::not_authoritative},
      {"an upward referral",
       {.is_authoritative = false, .authority = {ns(".")}},
       AnswerStatus::referral},
      {"a referral to the child itself",
       {.is_authoritative = false, .authority = {ns("kid.example.")}},
       AnswerStatus::referral},
      {"NXDOMAIN",
       {.rcode = dns::Rcode::nxdomain, .authority = {soa("example.")}},
       AnswerStatus::nxdomain},
      {"REFUSED", {.rcode = dns::Rcode::refused, .is_authoritative = false}, AnswerStatus::refused},
      {"SERVFAIL",
       {.rcode = dns::Rcode::servfail, .is_authoritative = false},
       AnswerStatus::servfail},
      {"FORMERR", {.rcode = dns::Rcode::formerr}, AnswerStatus::other_rcode},
      {"NOTIMP", {.rcode = dns::Rcode::notimp}, AnswerStatus::other_rcode},
      {"TC", {.is_truncated = true}, AnswerStatus::truncated},
      {"TC beats the answer", {.is_truncated = true, .answer = {cds()}}, AnswerStatus::truncated},
      {"a CNAME at the apex",
       {.answer = {record("kid.example.", RecordType::cname, name_rdata("other.example."))}},
       AnswerStatus::malformed},
      {"a CNAME beside the answer",
       {.answer = {record("kid.example.", RecordType::cname, name_rdata("other.example.")), cds()}},
       AnswerStatus::malformed},
      {"a DNAME above the apex",
       {.answer = {record("example.", RecordType::dname, name_rdata("other."))}},
       AnswerStatus::malformed},
  };
  for (const Case& one : cases) {
    const Bytes wire = net::encode({.id = 7, .question = question}, one.message);
    EXPECT_EQ(to_text(classify(wire, question, Time{}).status), to_text(one.status)) << one.what;
  }
}

TEST(Classify, WhatCannotBeParsedIsMalformed) {
  const Bytes whole = net::encode({.id = 7, .question = question}, {.answer = {cds()}});
  for (std::size_t octets = 0; octets < whole.size(); ++octets) {
    const Classified cut = classify(ByteView(whole).first(octets), question, Time{});
    EXPECT_EQ(cut.status, AnswerStatus::malformed) << octets;
    EXPECT_FALSE(cut.message) << octets;
  }
  Bytes trailing = whole;
  trailing.push_back(0);
  EXPECT_EQ(classify(trailing, question, Time{}).status, AnswerStatus::malformed);
}

TEST(Classify, AnotherQuestionIsMalformed) {
  const Bytes wire = net::encode({.id = 7, .question = question}, {.answer = {cds()}});
  EXPECT_EQ(classify(wire, {kid, RecordType::cdnskey}, Time{}).status, AnswerStatus::malformed);
  Bytes query = wire;
  query[2] = static_cast<std::uint8_t>(query[2] & 0x7FU);  // QR
  EXPECT_EQ(classify(query, question, Time{}).status, AnswerStatus::malformed);
}

TEST(Classify, AnErrorMayComeWithoutItsQuestion) {
  const Bytes refused = {0, 7, 0x80, 5, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(classify(refused, question, Time{}).status, AnswerStatus::refused);
  const Bytes empty = {0, 7, 0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(classify(empty, question, Time{}).status, AnswerStatus::malformed);
}

}  // namespace
}  // namespace dskeeper::survey
