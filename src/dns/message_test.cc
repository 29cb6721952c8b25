#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ldns/ldns.h>

#include <array>
#include <memory>
#include <random>

#include "dns/rrset.h"

namespace dskeeper::dns {
namespace {

struct FreePacket {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
struct FreeRr {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct FreeBuffer {
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
};
struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
using Packet = std::unique_ptr<ldns_pkt, FreePacket>;

const Time now = parse_time("2026-11-24T03:00:00Z").value();

Name name(std::string_view text) {
  return Name::parse(text).value();
}

// What a server answers, as text; ldns makes the message, with compression.
struct Answer {
  std::string question = "kid.example.";
  ldns_rr_type type = LDNS_RR_TYPE_CDS;
  std::vector<std::string> answer = {};
  std::vector<std::string> authority = {};
  std::vector<std::string> additional = {};
};

Bytes wire_of(const Answer& text) {
  const Packet packet(ldns_pkt_query_new(ldns_dname_new_frm_str(text.question.c_str()), text.type,
                                         LDNS_RR_CLASS_IN, LDNS_QR | LDNS_AA));
  ldns_pkt_set_id(packet.get(), 0x1234);
  const std::pair<ldns_pkt_section, const std::vector<std::string>*> sections[] = {
      {LDNS_SECTION_ANSWER, &text.answer},
      {LDNS_SECTION_AUTHORITY, &text.authority},
      {LDNS_SECTION_ADDITIONAL, &text.additional}};
  for (const auto& [section, records] : sections) {
    for (const std::string& record : *records) {
      ldns_rr* rr = nullptr;
      EXPECT_EQ(ldns_rr_new_frm_str(&rr, record.c_str(), 0, nullptr, nullptr), LDNS_STATUS_OK)
          << record;
      ldns_pkt_push_rr(packet.get(), section, rr);
    }
  }
  ldns_pkt_set_edns_udp_size(packet.get(), 1232);
  ldns_pkt_set_edns_do(packet.get(), true);
  std::uint8_t* octets = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(ldns_pkt2wire(&octets, packet.get(), &size), LDNS_STATUS_OK);
  const std::unique_ptr<std::uint8_t, Free> owned(octets);
  return {octets, octets + size};
}

const std::string rrsig_tail =
    " 13 2 3600 20261224000000 20261110000000 2371 Kid.example. AQIDBA==";

// All that a child's answers hold, and every type whose RDATA has names.
Answer rich_answer() {
  return {.answer = {"Kid.Example. 3600 CDS 2371 13 2 C1F9", "kid.example. 60 CDS 1 13 2 AA",
                     "kid.example. 3600 RRSIG CDS" + rrsig_tail},
          .authority = {"kid.example. 3600 NS NS2.Kid.Example.", "kid.example. 3600 NS ns1.OP.net.",
                        "kid.example. 3600 RRSIG NS" + rrsig_tail,
                        "kid.example. 3600 SOA ns1.OP.net. Host.kid.example. 7 1 2 3 300",
                        "kid.example. 300 NSEC \\000.Kid.example. NS SOA RRSIG NSEC DNSKEY CDS",
                        "kid.example. 3600 RRSIG NSEC" + rrsig_tail},
          .additional = {
              "NS2.kid.example. 60 A 192.0.2.1", "ns2.kid.example. 60 AAAA 2001:db8::1",
              "a.kid.example. 60 CNAME B.kid.example.", "b.kid.example. 60 DNAME B.op.net.",
              "kid.example. 60 MX 10 Mail.op.net.", "kid.example. 60 SRV 1 2 3 Host.op.net.",
              "kid.example. 60 NAPTR 1 2 \"U\" \"Sip\" \"!x!Y!\" Rep.op.net.",
              "kid.example. 60 RP Box.op.net. Txt.op.net.", "kid.example. 60 PTR Ptr.op.net.",
              "kid.example. 60 TXT \"Hello\"", "kid.example. 60 TYPE66 \\# 6 003B0114EF00",
              "kid.example. 60 CSYNC 66 3 A NS AAAA"}};
}

Message parsed(const Answer& answer) {
  auto message = parse_message(wire_of(answer), now);
  EXPECT_TRUE(message) << message.error().text();
  return message.value_or(Message{});
}

Bytes with(Bytes wire, std::size_t at, std::uint8_t value) {
  wire.at(at) = value;
  return wire;
}

// All records of a section as "owner type rdata", sorted.
std::vector<std::string> lines(const std::vector<Rrset>& section) {
  std::vector<std::string> out;
  for (const Rrset& rrset : section) {
    for (const Bytes& rdata : rrset.rdata) {
      out.push_back(rrset.owner.text() + " " + to_text(rrset.type) + " " + to_hex(rdata));
    }
    for (const Rrsig& rrsig : rrset.signatures) {
      out.push_back(rrset.owner.text() + " RRSIG " + to_hex(rrsig.rdata_without_signature()) +
                    to_hex(rrsig.signature));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> ldns_lines(const ldns_rr_list* section) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(section); ++i) {
    ldns_rr* rr = ldns_rr_list_rr(section, i);
    if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_OPT) continue;
    ldns_rr2canonical(rr);
    const std::unique_ptr<ldns_buffer, FreeBuffer> buffer(ldns_buffer_new(LDNS_MAX_PACKETLEN));
    EXPECT_EQ(ldns_rr_rdata2buffer_wire(buffer.get(), rr), LDNS_STATUS_OK);
    const ByteView rdata(ldns_buffer_begin(buffer.get()), ldns_buffer_position(buffer.get()));
    const ldns_rdf* owner = ldns_rr_owner(rr);
    out.push_back(Name::from_wire({ldns_rdf_data(owner), ldns_rdf_size(owner)}).value().text() +
                  " " + to_text(RecordType{static_cast<std::uint16_t>(ldns_rr_get_type(rr))}) +
                  " " + to_hex(rdata));
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(ParseMessage, ReadsWhatLdnsReads) {
  const Bytes wire = wire_of(rich_answer());
  const Message ours = parsed(rich_answer());
  ldns_pkt* raw = nullptr;
  ASSERT_EQ(ldns_wire2pkt(&raw, wire.data(), wire.size()), LDNS_STATUS_OK);
  const Packet theirs(raw);
  EXPECT_EQ(lines(ours.answer), ldns_lines(ldns_pkt_answer(raw)));
  EXPECT_EQ(lines(ours.authority), ldns_lines(ldns_pkt_authority(raw)));
  EXPECT_EQ(lines(ours.additional), ldns_lines(ldns_pkt_additional(raw)));
}

TEST(ParseMessage, ReadsTheHeader) {
  const Bytes wire = wire_of({});
  const Message message = parsed({});
  EXPECT_EQ(message.id, 0x1234);
  EXPECT_EQ(message.question, (Question{name("kid.example."), RecordType::cds}));
  EXPECT_TRUE(message.is_response);
  EXPECT_TRUE(message.is_authoritative);
  EXPECT_FALSE(message.is_truncated);
  EXPECT_FALSE(message.authentic_data);
  EXPECT_EQ(message.rcode, Rcode::noerror);
  EXPECT_TRUE(parse_message(with(wire, 2, 0x86), now)->is_truncated);
  EXPECT_TRUE(parse_message(with(wire, 3, 0x20), now)->authentic_data);
  EXPECT_EQ(parse_message(with(wire, 2, 0xA8), now)->opcode, Opcode::update);
  EXPECT_EQ(parse_message(with(wire, 3, 0x05), now)->rcode, Rcode::refused);
}

TEST(Rfc6891, S6_1_3_TheRcodeHasUpperBitsInOpt) {
  const Bytes wire = wire_of({});
  const std::size_t extended_rcode = wire.size() - 6;  // TTL and RDLENGTH of the final OPT
  EXPECT_EQ(parse_message(with(wire, extended_rcode, 1), now)->rcode, Rcode{16});
}

TEST(Rfc2181, S5_DuplicatesCollapseAndOrderDoesNotMatter) {
  const Message one =
      parsed({.answer = {"kid.example. 60 CDS 0 0 0 00", "KID.example. 60 CDS 0 0 0 00"}});
  ASSERT_EQ(one.answer.size(), 1U);
  EXPECT_THAT(one.answer[0].rdata, testing::ElementsAre(Bytes{0, 0, 0, 0, 0}));

  const std::string first = "kid.example. 60 CDS 1 13 2 AA";
  const std::string second = "kid.example. 60 CDS 2 13 2 AA";
  EXPECT_EQ(parsed({.answer = {first, second}}).answer, parsed({.answer = {second, first}}).answer);
}

TEST(Rfc2181, S5_2_TheSmallestTtlCounts) {
  const Message message = parsed(rich_answer());
  const Rrset* cds = message.find_answer(name("kid.example."), RecordType::cds);
  ASSERT_NE(cds, nullptr);
  EXPECT_EQ(cds->ttl.seconds, 60U);
  EXPECT_EQ(cds->rdata.size(), 2U);
}

TEST(Rfc2181, S8_ATtlWithTheTopBitIsZero) {
  const Message message = parsed({.answer = {"kid.example. 2147483648 CDS 1 13 2 AA"}});
  EXPECT_EQ(message.answer.at(0).ttl.seconds, 0U);
}

TEST(ParseMessage, FindAnswerLooksAtOwnerAndType) {
  const Message message = parsed(
      {.answer = {"kid.example. 60 CNAME other.example.", "sub.kid.example. 60 CDS 1 13 2 AA"}});
  EXPECT_EQ(message.find_answer(name("kid.example."), RecordType::cds), nullptr);
  EXPECT_NE(message.find_answer(name("kid.example."), RecordType::cname), nullptr);
}

TEST(Rfc4035, S3_1_1_SignaturesBelongToTheirRrsetInTheSameSection) {
  const Message message =
      parsed({.answer = {"kid.example. 60 RRSIG CDS" + rrsig_tail, "kid.example. 60 CDS 1 13 2 AA",
                         "kid.example. 60 RRSIG CDS" + rrsig_tail,       // twice
                         "kid.example. 60 RRSIG NS" + rrsig_tail,        // of no RRset here
                         "sub.kid.example. 60 RRSIG CDS" + rrsig_tail},  // of no RRset here
              .authority = {"kid.example. 60 NS ns1.op.net."}});
  ASSERT_EQ(message.answer.size(), 1U);
  ASSERT_EQ(message.answer[0].signatures.size(), 1U);
  const Rrsig& rrsig = message.answer[0].signatures[0];
  EXPECT_EQ(rrsig.covered, RecordType::cds);
  EXPECT_EQ(rrsig.signer, name("kid.example."));
  EXPECT_EQ(format_time(rrsig.expiration), "2026-12-24T00:00:00Z");
  EXPECT_TRUE(message.authority.at(0).signatures.empty());
}

TEST(Rfc6840, S5_1_TheNextNameOfNsecKeepsItsCase) {
  const Message message = parsed({.authority = {"kid.example. 60 NSEC Next.Kid.example. NS"}});
  EXPECT_THAT(to_hex(message.authority.at(0).rdata.at(0)),
              testing::StartsWith(to_hex(as_bytes("\x04Next\x03Kid"))));
}

TEST(ParseMessage, MalformedOnesAreRefused) {
  const Bytes wire = wire_of({.answer = {"kid.example. 60 A 192.0.2.1"}});
  ASSERT_TRUE(parse_message(wire, now));
  constexpr std::size_t answer = 12 + 13 + 4;  // header and question; the owner is a pointer
  Bytes longer = wire;
  longer.push_back(0);
  const std::pair<const char*, Bytes> cases[] = {
      {"empty", {}},
      {"trailing octet", longer},
      {"two questions", with(wire, 5, 2)},
      {"no question where there is one", with(wire, 5, 0)},
      {"more answers than there are", with(wire, 7, 2)},
      {"fewer answers than there are", with(wire, 7, 0)},
      {"65281 answers", with(wire, 6, 255)},
      {"question of class CH", with(wire, 12 + 13 + 3, 3)},
      {"owner points forwards", with(wire, answer + 1, 200)},
      {"owner points to itself", with(wire, answer + 1, std::uint8_t{answer})},
      {"record of class CH", with(wire, answer + 5, 3)},
      {"RDATA shorter than an address", with(wire, answer + 11, 3)},
      {"RDATA behind the end", with(wire, answer + 10, 255)},
      {"OPT with an owner", with(wire, answer + 16, 1)},
      {"OPT among the answers", with(with(wire, 7, 2), 11, 0)},
      {"reserved label type", with(wire, 12, 0x43)},
  };
  for (const auto& [what, message] : cases) EXPECT_FALSE(parse_message(message, now)) << what;
}

TEST(ParseMessage, ARecordLimitHoldsBeforeAnythingIsRead) {
  Bytes wire(message_octets_max, 0);
  wire[6] = message_records_max >> 8U;
  wire[7] = message_records_max & 0xFFU;
  wire[9] = 1;  // one record of the authority too many
  const auto message = parse_message(wire, now);
  ASSERT_FALSE(message);
  EXPECT_THAT(message.error().what, testing::HasSubstr("1001 records"));
}

TEST(ParseMessage, ManyOptRecordsAreRefused) {
  Bytes wire = wire_of({});
  const Bytes opt(wire.end() - 11, wire.end());
  wire.insert(wire.end(), opt.begin(), opt.end());
  wire[11] = 2;
  EXPECT_FALSE(parse_message(wire, now));
}

TEST(Rfc2136, S3_8_AnUpdateResponseMayRepeatTheRequest) {
  // Zone kid.example. SOA; the deletion of an RRset: class ANY, TTL 0, no RDATA.
  Bytes wire = make_query(7, {name("kid.example."), RecordType::soa});
  wire.resize(wire.size() - 11);
  wire[2] = 0xA8;  // QR, UPDATE
  wire[9] = 1;
  wire[11] = 0;
  const Bytes deletion = from_hex("C00C 002B 00FF 00000000 0000").value();
  wire.insert(wire.end(), deletion.begin(), deletion.end());
  const auto message = parse_message(wire, now);
  ASSERT_TRUE(message) << message.error().text();
  EXPECT_TRUE(message->authority.empty());
  EXPECT_FALSE(parse_message(with(wire, 2, 0x80), now)) << "in a QUERY";
}

TEST(ParseMessage, EveryTruncationIsMalformedNeverACrash) {
  const Bytes wire = wire_of(rich_answer());
  for (std::size_t size = 0; size < wire.size(); ++size) {
    const Bytes cut(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(parse_message(cut, now)) << size;
  }
}

TEST(ParseMessage, FlippedOctetsNeverCrash) {
  const Bytes wire = wire_of(rich_answer());
  std::mt19937 random(7344);
  constexpr int rounds = 20000;
  int accepted = 0;
  for (int round = 0; round < rounds; ++round) {
    Bytes flipped = wire;
    for (unsigned flips = random() % 4 + 1; flips > 0; --flips) {
      flipped[random() % flipped.size()] = static_cast<std::uint8_t>(random());
    }
    const auto message = parse_message(flipped, now);
    if (!message) continue;
    ++accepted;
    for (const auto* section : {&message->answer, &message->authority, &message->additional}) {
      for (const Rrset& rrset : *section) {
        for (const Bytes& rdata : rrset.rdata) EXPECT_FALSE(rdata_text(rrset.type, rdata).empty());
        for (const Rrsig& rrsig : rrset.signatures) {
          EXPECT_FALSE(signed_data(rrset, rrsig).empty());
        }
      }
    }
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, rounds);
}

TEST(MakeQuery, IsWhatLdnsMakes) {
  const Bytes ours = make_query(0x1234, {name("kid.example."), RecordType::cds});
  EXPECT_EQ(to_hex(ours),
            to_hex(from_hex("1234 0000 0001 0000 0000 0001 036B6964076578616D706C6500 003B 0001"
                            "00 0029 04D0 00008000 0000")
                       .value()));
  Bytes theirs = wire_of({});
  theirs[2] = 0;  // that one is a response
  EXPECT_EQ(to_hex(ours), to_hex(theirs));
}

TEST(MakeQuery, FollowsItsOptions) {
  const Bytes query =
      make_query(1, {Name(), RecordType::dnskey},
                 {.dnssec_ok = false, .recursion_desired = true, .udp_octets = 4096});
  EXPECT_EQ(to_hex(query), to_hex(from_hex("0001 0100 0001 0000 0000 0001 00 0030 0001"
                                           "00 0029 1000 00000000 0000")
                                      .value()));
}

TEST(IsResponseTo, ComparesIdAndQuestionAlone) {
  const Question question{name("kid.example."), RecordType::cds};
  const Bytes wire = wire_of({.question = "KID.example."});
  EXPECT_TRUE(is_response_to(wire, 0x1234, question));
  EXPECT_FALSE(is_response_to(wire, 0x1235, question));
  EXPECT_FALSE(is_response_to(wire, 0x1234, {name("kid.example."), RecordType::cdnskey}));
  EXPECT_FALSE(is_response_to(wire, 0x1234, {name("kit.example."), RecordType::cds}));
  EXPECT_FALSE(is_response_to(with(wire, 2, 0x04), 0x1234, question)) << "a query";
  EXPECT_FALSE(is_response_to(with(wire, 2, 0xA4), 0x1234, question)) << "a NOTIFY response";
  EXPECT_FALSE(is_response_to(with(wire, 5, 2), 0x1234, question)) << "two questions";
  EXPECT_FALSE(is_response_to(with(wire, 28, 3), 0x1234, question)) << "class CH";
  EXPECT_TRUE(is_response_to(with(wire, 11, 99), 0x1234, question)) << "broken further on";
  for (std::size_t size = 0; size < 29; ++size) {
    EXPECT_FALSE(is_response_to(ByteView(wire).first(size), 0x1234, question)) << size;
  }
}

TEST(IsResponseTo, WithoutAQuestionOnlyARefusalCounts) {
  const Question question{name("kid.example."), RecordType::cds};
  Bytes header(12, 0);
  header[1] = 9;
  header[2] = 0x80;
  for (const std::uint8_t rcode : std::to_array<std::uint8_t>({0, 1, 2, 3, 4, 5, 6, 9})) {
    header[3] = rcode;
    const bool is_refusal = rcode == 1 || rcode == 2 || rcode == 4 || rcode == 5;
    EXPECT_EQ(is_response_to(header, 9, question), is_refusal) << int{rcode};
  }
}

}  // namespace
}  // namespace dskeeper::dns
