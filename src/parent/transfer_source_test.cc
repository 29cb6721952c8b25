// What has changed of a zone instead of the whole (RFC 1995): when it is asked for, and that the
// whole is read in the same reading wherever it is of no use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "parent/sources.h"
#include "parent/test_support.h"
#include "parent/test_tsig.h"

namespace dskeeper::parent {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Messages = std::vector<std::vector<dns::Record>>;

std::string soa_text(unsigned serial) {
  return "@ 60 SOA ns.example. host.example. " + std::to_string(serial) + " 1 1 1 1\n";
}

dns::RecordType asked_type(const Bytes& request) {
  std::size_t end = 12;
  while (request[end] != 0) end += request[end] + std::size_t{1};
  return static_cast<dns::RecordType>(request[end + 1] << 8U | request[end + 2]);
}

// The serial in the authority section of a request for differences.
std::uint32_t asked_serial(const Bytes& request) {
  const dns::Message message = dns::parse_message(request, test_time()).value();
  return dns::Soa::from_rdata(message.authority.at(0).rdata.at(0)).value().serial.value;
}

// Serves example.: the whole zone as it is, and differences as a test says.
class Primary {
 public:
  void set(unsigned serial, std::string zone) {
    serial_ = serial;
    zone_ = std::move(zone);
  }
  [[nodiscard]] std::vector<dns::Record> whole() const {
    return records(soa_text(serial_) + zone_ + soa_text(serial_));
  }

  dns::Rcode whole_rcode = dns::Rcode::noerror;
  dns::Rcode differences_rcode = dns::Rcode::noerror;
  Messages differences;
  std::optional<dns::TsigKey> key;
  bool signs_differences = true;
  std::vector<std::string> asked;  // "AXFR", "IXFR 7"

  [[nodiscard]] Endpoint endpoint() const { return server_.endpoint(); }

 private:
  net::TestReply answer(const Bytes& request) {
    const dns::RecordType type = asked_type(request);
    if (type == dns::RecordType::soa) {
      asked.push_back("SOA");
      return {{net::make_response(request, dns::Rcode::noerror, records(soa_text(serial_)))}};
    }
    const bool is_whole = type == dns::RecordType::axfr;
    asked.push_back(is_whole ? "AXFR" : "IXFR " + std::to_string(asked_serial(request)));
    const dns::Rcode rcode = is_whole ? whole_rcode : differences_rcode;
    net::TestReply reply;
    if (rcode != dns::Rcode::noerror) {
      reply.messages.push_back(net::make_response(request, rcode));
    } else {
      for (const auto& answer : is_whole ? Messages{whole()} : differences) {
        reply.messages.push_back(net::make_response(request, rcode, answer));
      }
    }
    if (!key || (!is_whole && !signs_differences)) return reply;
    for (Bytes& message : reply.messages) {
      message = sign_response(request, std::move(message), *key, test_time());
    }
    return reply;
  }

  unsigned serial_ = 7;
  std::string zone_ = "kid 60 NS ns.test.\n";
  net::TestTcpServer server_{[this](const Bytes& request) { return answer(request); }};
};

class Ixfr : public testing::Test {
 protected:
  using SnapshotResult = Result<std::shared_ptr<const Snapshot>>;

  Ixfr() {
    options_.zone = name("example.");
    options_.server = primary_.endpoint();
    options_.silence_max = std::chrono::seconds(5);
  }
  SnapshotResult try_to_read() {
    if (!source_) source_ = make_transfer_source(options_, clock_);
    return run_to_end(source_->read());
  }
  // As it is worked with from then on.
  std::shared_ptr<const Snapshot> read() {
    auto snapshot = try_to_read();
    EXPECT_TRUE(snapshot) << snapshot.error().text();
    last_ = snapshot.value_or(nullptr);
    return last_;
  }
  // What was asked since this was last called.
  std::vector<std::string> asked() { return std::exchange(primary_.asked, {}); }

  // From 7 to 8: lad comes.
  void count_up() {
    primary_.set(8, "kid 60 NS ns.test.\nlad 60 NS ns.test.\n");
    primary_.differences = {
        records(soa_text(8) + soa_text(7) + soa_text(8) + "lad 60 NS ns.test.\n" + soa_text(8))};
  }

  FixedClock clock_{test_time()};
  Primary primary_;
  TransferSourceOptions options_;
  std::unique_ptr<Source> source_;
  std::shared_ptr<const Snapshot> last_;
};

TEST_F(Ixfr, WhatHasChangedIsAskedForAndApplied) {
  const auto first = read();
  EXPECT_EQ(first->reading(), "the whole zone");
  EXPECT_THAT(asked(), ElementsAre("AXFR"));
  count_up();
  const auto second = read();
  EXPECT_THAT(asked(), ElementsAre("IXFR 7"));
  EXPECT_EQ(second->reading(), "changes since the serial 7: 0 removed, 1 added");
  EXPECT_EQ(second->revision(), "8");
  EXPECT_EQ(second->state(), "serial 8");
  EXPECT_EQ(second->size(), 2U);
  EXPECT_THAT(second->warnings(), IsEmpty());
  EXPECT_EQ(first->size(), 1U) << "who holds it goes on with it";

  // The next differences are applied to that. Two versions in one answer, a record a message.
  primary_.differences.clear();
  for (const dns::Record& record :
       records(soa_text(10) + soa_text(8) + "kid 60 NS ns.test.\n" + soa_text(9) +
               "kid 60 NS ns.kid\nns.kid 60 A 192.0.2.1\n" + soa_text(9) + soa_text(10) +
               "kid 60 NS ns2.test.\n" + soa_text(10))) {
    primary_.differences.push_back({record});
  }
  const auto third = read();
  EXPECT_THAT(asked(), ElementsAre("IXFR 8"));
  EXPECT_EQ(third->reading(), "changes since the serial 8: 1 removed, 3 added");
  EXPECT_EQ(third->revision(), "10");
  const Delegation kid = third->find(name("kid.example.")).value();
  EXPECT_THAT(kid.hosts(), ElementsAre(name("ns.kid.example."), name("ns2.test.")));
  EXPECT_EQ(kid.name_servers[0].glue.size(), 1U);
}

TEST_F(Ixfr, WhereNothingIsNewerTheReadingIsTheOneBefore) {
  const TestFolder folder;
  options_.facts = folder.write("facts", "name,roid\nkid.example.,1\n");
  const auto first = read();
  primary_.differences = {records(soa_text(7))};
  EXPECT_EQ(read(), first);
  // But for the facts, where they have changed.
  folder.write("facts", "name,roid\nkid.example.,23\n");
  const auto second = read();
  EXPECT_EQ(second->at(0).registration.roid, "23");
  EXPECT_EQ(first->at(0).registration.roid, "1");
  EXPECT_NE(second->state(), first->state());
  EXPECT_EQ(read(), second);
  EXPECT_THAT(asked(), ElementsAre("AXFR", "IXFR 7", "IXFR 7", "IXFR 7"));
}

// RFC 1995 §4: the server may answer with the whole zone.
TEST_F(Ixfr, AWholeZoneInsteadIsTakenAsItIs) {
  read();
  primary_.set(8, "lad 60 NS ns.test.\n");
  primary_.differences = {primary_.whole()};
  const auto snapshot = read();
  EXPECT_EQ(snapshot->reading(), "the whole zone");
  EXPECT_EQ(snapshot->child(0), name("lad.example."));
  EXPECT_THAT(snapshot->warnings(), IsEmpty());
  primary_.differences = {records(soa_text(8))};
  EXPECT_EQ(read(), snapshot);
  EXPECT_THAT(asked(), ElementsAre("AXFR", "IXFR 7", "IXFR 8"));
}

TEST_F(Ixfr,
       DifferencesThatAreOfNoUseAreReplacedByTheWholeAndAfterTheSecondTimeNotAskedForTillTomorrow) {
  const std::string begin = soa_text(8) + soa_text(7);
  const std::string end = soa_text(8);
  const std::string lad = "lad 60 NS ns.test.\n";
  const std::string other = "@ 60 SOA ns.other. host.example. 7 1 1 1 1\n";
  const struct {
    const char* what;
    dns::Rcode rcode;
    std::string answer;
    const char* why;
  } cases[] = {
      {"refused", dns::Rcode::refused, "", "(REFUSED)"},
      {"not implemented", dns::Rcode::notimp, "", "NOTIMP"},
      {"not understood", dns::Rcode::formerr, "", "FORMERR"},
      {"closed", dns::Rcode::noerror, "", "closed the connection"},
      {"a version without more", dns::Rcode::noerror, soa_text(8), "closed the connection"},
      {"cut off", dns::Rcode::noerror, begin + soa_text(8) + lad, "closed the connection"},
      {"from another serial", dns::Rcode::noerror,
       soa_text(8) + soa_text(6) + soa_text(8) + lad + end, "do not start from the version"},
      {"from another SOA", dns::Rcode::noerror, soa_text(8) + other + soa_text(8) + lad + end,
       "do not start from the version"},
      {"with a gap", dns::Rcode::noerror,
       soa_text(10) + soa_text(7) + soa_text(8) + lad + soa_text(9) + soa_text(10) + soa_text(10),
       "not followed by one that starts there"},
      {"the SOA twice", dns::Rcode::noerror, soa_text(7) + soa_text(7), "twice and nothing else"},
      {"of another zone", dns::Rcode::noerror, "kid 60 SOA a. b. 8 1 1 1 1\n",
       "does not begin with the zone's SOA"},
      {"removes what is not there", dns::Rcode::noerror, begin + lad + soa_text(8) + lad + end,
       "removes a record (NS of lad.example.) that is not there"},
      {"adds what is there", dns::Rcode::noerror,
       begin + soa_text(8) + "kid 60 NS ns.test.\n" + end,
       "adds a record (NS of kid.example.) that is there already"},
      {"fits in its first half alone", dns::Rcode::noerror,
       begin + "kid 60 NS ns.test.\n" + soa_text(8) + "kid 60 NS x.test.\nkid 60 NS x.test.\n" +
           end,
       "adds a record (NS of kid.example.) that is there already"},
      {"brings a ZONEMD", dns::Rcode::noerror,
       begin + soa_text(8) + "@ 60 ZONEMD 8 1 1 " + std::string(96, 'A') + "\n" + end, "ZONEMD"},
  };
  for (const auto& [what, rcode, answer, why] : cases) {
    source_.reset();
    primary_.set(7, "kid 60 NS ns.test.\n");
    read();
    count_up();
    primary_.differences_rcode = rcode;
    primary_.differences.clear();
    if (!answer.empty()) primary_.differences.push_back(records(answer));
    const auto snapshot = read();
    ASSERT_NE(snapshot, nullptr) << what;
    EXPECT_EQ(snapshot->reading(), "the whole zone") << what;
    EXPECT_EQ(snapshot->revision(), "8") << what;
    EXPECT_EQ(snapshot->size(), 2U) << what;
    EXPECT_EQ(snapshot->find(name("kid.example."))->hosts().at(0), name("ns.test.")) << what;
    EXPECT_THAT(snapshot->warnings(), ElementsAre(HasSubstr(why))) << what;
    EXPECT_THAT(asked(), ElementsAre("AXFR", "IXFR 7", "AXFR")) << what;
    primary_.differences_rcode = dns::Rcode::notimp;
    EXPECT_THAT(read()->warnings(), ElementsAre(HasSubstr("for a day"))) << what;
    EXPECT_THAT(asked(), ElementsAre("IXFR 8", "AXFR")) << what;
    EXPECT_THAT(read()->warnings(), IsEmpty()) << what << ": it is said once";
    EXPECT_THAT(asked(), ElementsAre("AXFR")) << what << ": the server is remembered";
  }
  primary_.differences_rcode = dns::Rcode::noerror;
  primary_.differences = {records(soa_text(8))};
  clock_.advance(hours(24));
  read();
  read();
  EXPECT_THAT(asked(), ElementsAre("AXFR", "IXFR 8"));
}

TEST_F(Ixfr, WhereTheWholeFailsTooNothingIsRemembered) {
  read();
  count_up();
  primary_.differences_rcode = primary_.whole_rcode = dns::Rcode::servfail;
  EXPECT_FALSE(try_to_read());
  primary_.differences_rcode = primary_.whole_rcode = dns::Rcode::noerror;
  EXPECT_EQ(read()->size(), 2U);
  EXPECT_THAT(asked(), ElementsAre("AXFR", "IXFR 7", "AXFR", "IXFR 7"));
}

TEST_F(Ixfr, AnOlderVersionIsReadWhole) {
  read();
  primary_.set(6, "");
  primary_.differences = {records(soa_text(6))};
  const auto snapshot = read();
  EXPECT_EQ(snapshot->revision(), "6");
  EXPECT_EQ(snapshot->size(), 0U);
  EXPECT_THAT(snapshot->warnings(), IsEmpty());
  EXPECT_THAT(asked(), ElementsAre("AXFR", "IXFR 7", "AXFR"));
}

TEST_F(Ixfr, AReadingThatNobodyBelievedIsFollowedByTheWhole) {
  source_ = make_changed_source(make_transfer_source(options_, clock_));
  read();
  count_up();
  ASSERT_TRUE(try_to_read()) << "and nobody takes it";
  asked();
  EXPECT_EQ(read()->reading(), "the whole zone");
  EXPECT_THAT(asked(), ElementsAre("AXFR"));
}

TEST_F(Ixfr, AnotherVersionWithTheSameSerialIsReadWhole) {
  read();
  primary_.differences = {records("@ 60 SOA ns2.example. host.example. 7 1 1 1 1\n")};
  EXPECT_EQ(read()->reading(), "the whole zone");
  EXPECT_THAT(asked(), ElementsAre("AXFR", "IXFR 7", "AXFR"));
}

TEST_F(Ixfr, OnceADayTheWholeIsReadWhateverTheSerial) {
  source_ = make_changed_source(make_transfer_source(options_, clock_));
  read();
  clock_.advance(hours(23));
  read();
  EXPECT_THAT(asked(), ElementsAre("AXFR", "SOA"));
  clock_.advance(hours(1));
  EXPECT_EQ(read()->reading(), "the whole zone");
  EXPECT_THAT(asked(), ElementsAre("AXFR"));
}

TEST_F(Ixfr, OnceADayTheWholeIsRead) {
  read();
  primary_.differences = {records(soa_text(7))};
  for (int hour = 0; hour < 24; ++hour) {
    clock_.advance(hours(1));
    read();
  }
  const std::vector<std::string> all = asked();
  EXPECT_EQ(std::count(all.begin(), all.end(), "AXFR"), 2);
  EXPECT_EQ(all.back(), "AXFR");
}

TEST_F(Ixfr, IsNotAskedForWhereItIsSwitchedOffOrTheZoneHasAZonemd) {
  options_.differences = false;
  read();
  read();
  EXPECT_THAT(asked(), ElementsAre("AXFR", "AXFR"));
  options_.differences = true;
  source_.reset();
  // Of a kind that dskeeper lacks; one that it knows is not treated differently.
  primary_.set(7, "@ 60 ZONEMD 7 1 240 " + std::string(96, 'A') + "\n");
  read();
  read();
  EXPECT_THAT(asked(), ElementsAre("AXFR", "AXFR"));
}

// Where the whole would have to be read the serial is asked for before.
TEST_F(Ixfr, AZoneWhoseSerialHasNotMovedIsNotReadAgain) {
  options_.differences = false;
  source_ = make_changed_source(make_transfer_source(options_, clock_));
  const auto first = read();
  EXPECT_EQ(read(), first);
  count_up();
  EXPECT_EQ(read()->revision(), "8");
  EXPECT_THAT(asked(), ElementsAre("AXFR", "SOA", "SOA", "AXFR"));
}

TEST_F(Ixfr, IsSignedAsTheWholeIs) {
  primary_.key = options_.key =
      dns::TsigKey{name("transfer."), dns::TsigAlgorithm::hmac_sha256, Bytes(32, 7)};
  read();
  count_up();
  EXPECT_EQ(read()->size(), 2U);
  EXPECT_THAT(asked(), ElementsAre("AXFR", "IXFR 7"));
  primary_.set(9, "");
  primary_.differences = {
      records(soa_text(9) + soa_text(8) + "kid 60 NS ns.test.\n" + soa_text(9) + soa_text(9))};
  primary_.signs_differences = false;
  const auto snapshot = read();
  EXPECT_EQ(snapshot->size(), 0U) << "what the signed whole says";
  EXPECT_THAT(snapshot->warnings(), ElementsAre(HasSubstr("carries no TSIG")));
}

}  // namespace
}  // namespace dskeeper::parent
