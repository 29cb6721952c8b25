#include "dns/transfer_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "dns/transfer_message.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

using testing::HasSubstr;

const Name zone = Name::parse("example.").value();

Bytes soa_rdata(std::uint32_t serial, std::uint8_t minimum = 0) {
  Bytes rdata = {0, 0};  // the root twice
  put_u32(rdata, serial);
  rdata.resize(rdata.size() + 15);
  rdata.push_back(minimum);
  return rdata;
}

// "8" is the SOA with that serial, "8'" another one with the same, "8@other." that of another
// name, a letter another record.
Record record_of(const std::string& word) {
  if (std::isdigit(word[0]) == 0) {
    return {zone, RecordType::ns, Ttl{60}, Bytes(word.begin(), word.end())};
  }
  const auto serial = static_cast<std::uint32_t>(std::stoull(word));
  const std::size_t at = word.find('@');
  const Name owner = at == std::string::npos ? zone : Name::parse(word.substr(at + 1)).value();
  return {owner, RecordType::soa, Ttl{60}, soa_rdata(serial, word.ends_with('\'') ? 1 : 0)};
}

// What the records of an answer are, in one letter each: Version, Zone, Deletion, Addition, End;
// then what came of it, or why it is none.
std::string read(const std::string& answer, std::optional<std::uint32_t> held) {
  TransferAnswer reading(zone, held ? std::optional(soa_rdata(*held)) : std::nullopt);
  std::istringstream words(answer);
  std::string parts;
  for (std::string word; words >> word;) {
    const auto part = reading.next(record_of(word));
    if (!part) return part.error().what;
    parts += "VZDAE"[static_cast<std::size_t>(*part)];
  }
  if (!reading.is_whole()) return parts + " …";
  switch (reading.kind()) {
    case TransferKind::whole:
      return parts + " whole";
    case TransferKind::differences:
      return parts + " differences";
    case TransferKind::nothing_newer:
      return parts + " nothing newer";
  }
  return parts;
}

TEST(Rfc5936, S2_2_TheFirstAndTheLastRecordAreTheSoa) {
  const struct {
    const char* answer;
    const char* is;
  } cases[] = {
      {"7 a b 7", "VZZE whole"},
      {"7 7", "VE whole"},
      {"7", "V …"},
      {"7 a", "VZ …"},
      {"7 8@kid.example. 7", "VZE whole"},
      {"a 7", "it does not begin with the zone's SOA record"},
      {"7@other. 7@other.", "it does not begin with the zone's SOA record"},
      {"7 a 8", "the zone changed while it was sent"},
      {"7 a 7'", "the zone changed while it was sent"},
      {"7 a 7 b", "records follow the last SOA record"},
  };
  for (const auto& [answer, is] : cases) EXPECT_EQ(read(answer, {}), is) << answer;
}

TEST(Rfc1995, S4_TheAnswerToARequestForDifferences) {
  const struct {
    const char* answer;
    const char* is;
  } cases[] = {
      // One step, several, empty ones.
      {"8 7 a 8 b 8", "VDDAAE differences"},
      {"8 7 8 8", "VDAE differences"},
      {"10 7 a b 8 c 8 d 10 10", "VDDDAADDAE differences"},
      {"8 7 a", "VDD …"},
      {"8 7 a 8 b", "VDDAA …"},
      {"10 7 a 8 b", "VDDAA …"},
      // §2: nothing newer. Where the server lags it says so in the same way.
      {"7", "V nothing newer"},
      {"6", "V nothing newer"},
      // Serials are compared as RFC 1982 says; 2^31 apart they have no order.
      {"4294967290", "V nothing newer"},
      {"2147483655", "V nothing newer"},
      // The SOA of a newer version is not all of an answer: servers may send a record a message.
      {"8", "V …"},
      // §4: the whole zone, also where it is the version that we hold, or an older one.
      {"8 a b 8", "VZZE whole"},
      {"7 a", "VZ …"},
      {"7 a 7", "VZE whole"},
      {"6 a 6", "VZE whole"},
      {"8 a 9", "the zone changed while it was sent"},
  };
  for (const auto& [answer, is] : cases) EXPECT_EQ(read(answer, 7), is) << answer;
  EXPECT_EQ(read("3 4294967290 a 2 b 2 3 3", 4294967290U), "VDDAADAE differences");
}

TEST(Rfc1995, S4_DifferencesThatLeadNowhereAreNone) {
  const struct {
    const char* answer;
    const char* fault;
  } cases[] = {
      {"a 8", "does not begin with the zone's SOA"},
      {"8@other. 7@other.", "does not begin with the zone's SOA"},
      {"7 7", "the SOA record twice and nothing else"},
      {"8 8", "the SOA record twice and nothing else"},
      {"9 8 a 9 b 9", "do not start from the version that was asked from"},
      {"8 7' a 8 b 8", "do not start from the version that was asked from"},
      {"7 7' a 8 b 8", "do not start from the version that was asked from"},
      {"8 7 a 9 b 9", "leads from the serial 7 to 9, and they to 8"},
      {"8 7 a 7 b 7", "leads from the serial 7 to 7"},
      {"8 7 a 6 b 8", "leads from the serial 7 to 6"},
      {"10 7 a 8 b 9 c 10 10", "leads to the serial 8 is not followed by one that starts there"},
      {"10 7 a 8 b 8' c 10 10", "leads to the serial 8 is not followed by one that starts there"},
      {"10 7 a 8 b 10", "leads to the serial 8 is not followed by one that starts there"},
      {"8 7 a 8' b 8", "leads to the serial 8 is not followed by one that starts there"},
      {"8 7 a 8 b 8 c", "records follow the last SOA record"},
  };
  for (const auto& [answer, fault] : cases) {
    EXPECT_THAT(read(answer, 7), HasSubstr(fault)) << answer;
  }
}

TEST(Rfc1995, S3_TheRequestHasOurSoaInTheAuthoritySection) {
  const Bytes query = make_difference_query(4711, zone, soa_rdata(7));
  const Message message = parse_message(query, Time{}).value();
  EXPECT_EQ(message.id, 4711);
  EXPECT_FALSE(message.is_response);
  EXPECT_EQ(message.question, (Question{zone, RecordType::ixfr}));
  ASSERT_EQ(message.authority.size(), 1U);
  EXPECT_EQ(message.authority[0].owner, zone);
  EXPECT_EQ(message.authority[0].type, RecordType::soa);
  EXPECT_EQ(message.authority[0].rdata, std::vector<Bytes>{soa_rdata(7)});
  EXPECT_TRUE(message.answer.empty());
  EXPECT_TRUE(message.additional.empty());
}

}  // namespace
}  // namespace dskeeper::dns
