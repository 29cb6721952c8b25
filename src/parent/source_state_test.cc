// What a source says of itself: whether it has changed since, and when its SOA's signature counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "parent/sources.h"
#include "parent/test_support.h"
#include "parent/test_tsig.h"

namespace dskeeper::parent {
namespace {

using testing::HasSubstr;

const std::string apex =
    "@ 60 SOA ns.example. host.example. 7 1 1 1 1\n"
    "kid 60 NS ns.test.\n";

std::string soa_rrsig(const char* covered, const char* expiration, const char* inception) {
  return std::string("@ 60 RRSIG ") + covered + " 13 1 60 " + expiration + " " + inception +
         " 4711 example. AAAA\n";
}

class SourceState : public testing::Test {
 protected:
  std::shared_ptr<const Snapshot> read(Source& source) {
    auto result = run_to_end(source.read());
    EXPECT_TRUE(result) << result.error().text();
    return *result;
  }
  bool has_changed(Source& source, const Snapshot& snapshot) {
    const auto result = run_to_end(source.has_changed(snapshot));
    EXPECT_TRUE(result) << result.error().text();
    return result.value_or(false);
  }
  std::optional<SignatureWindow> signature_of(const std::string& zone) {
    const auto source =
        make_zone_file_source({name("example."), folder_.write("zone", zone), {}}, clock_);
    return read(*source)->soa_signature();
  }

  TestFolder folder_;
  FixedClock clock_{test_time()};
};

TEST_F(SourceState, TheSoaSignatureHasItsTime) {
  const SignatureWindow week{parse_time("2026-11-20T00:00:00Z").value(),
                             parse_time("2026-11-27T00:00:00Z").value()};
  EXPECT_EQ(signature_of(apex), std::nullopt);
  EXPECT_EQ(signature_of(apex + soa_rrsig("SOA", "20261127000000", "20261120000000")), week);
  EXPECT_EQ(signature_of(apex + soa_rrsig("NS", "20261127000000", "20261120000000")), std::nullopt);
  // Of several the one that expires last, whichever comes first.
  EXPECT_EQ(signature_of(apex + soa_rrsig("SOA", "20261127000000", "20261120000000") +
                         soa_rrsig("SOA", "20261125000000", "20261118000000")),
            week);
  EXPECT_TRUE(week.contains(test_time()));
  EXPECT_TRUE(week.contains(week.inception));
  EXPECT_TRUE(week.contains(week.expiration));
  EXPECT_FALSE(week.contains(week.expiration + std::chrono::seconds(1)));
}

TEST_F(SourceState, AFileHasChangedWhenItIsWrittenAgain) {
  const auto zone_file = folder_.write("zone", apex);
  const auto list = folder_.write("list", "name,ns,ds\nkid.example.,ns.test.,\n");
  const auto facts = folder_.write("facts", "name,roid\n");
  const auto zone_source = make_zone_file_source({name("example."), zone_file, facts}, clock_);
  const auto list_source = make_list_source({name("example."), list, facts, false});
  for (const auto& [source, file] :
       {std::pair{zone_source.get(), zone_file}, {list_source.get(), list}}) {
    const std::string before = contents(file);
    auto snapshot = read(*source);
    EXPECT_FALSE(has_changed(*source, *snapshot));
    std::ofstream(file, std::ios::app) << "\n";
    EXPECT_TRUE(has_changed(*source, *snapshot)) << file;
    snapshot = read(*source);
    EXPECT_FALSE(has_changed(*source, *snapshot));
    std::ofstream(facts, std::ios::app) << "kid.example.,1\n";
    EXPECT_TRUE(has_changed(*source, *snapshot)) << "the facts of " << file;
    folder_.write("facts", "name,roid\n");
    std::filesystem::remove(file);
    EXPECT_THAT(run_to_end(source->has_changed(*snapshot)).error().text(),
                HasSubstr(file.filename().string()));
    std::ofstream(file) << before;
  }
}

TEST_F(SourceState, WhatHasNotChangedIsNotReadAgain) {
  const auto file = folder_.write("zone", apex);
  const auto source =
      make_changed_source(make_zone_file_source({name("example."), file, {}}, clock_));
  auto first = read(*source);
  EXPECT_EQ(read(*source), first);
  EXPECT_FALSE(has_changed(*source, *first));
  std::ofstream(file, std::ios::app) << "lad 60 NS ns.test.\n";
  const auto second = read(*source);
  EXPECT_EQ(second->size(), 2U);
  EXPECT_EQ(read(*source), second);
  EXPECT_EQ(first->size(), 1U);
  std::filesystem::remove(file);
  EXPECT_FALSE(run_to_end(source->read())) << "an error is not hidden";
}

// A server of the zone: what it says when asked for the SOA.
class TransferState : public SourceState {
 protected:
  static dns::Record soa(std::uint32_t serial) {
    return records("@ 60 SOA ns.example. host.example. " + std::to_string(serial) +
                   " 1 1 1 1\n")[0];
  }
  Result<bool> ask(const std::function<Bytes(const Bytes&)>& response,
                   std::optional<dns::TsigKey> key = {}) {
    net::TestTcpServer server(
        [&](const Bytes& request) { return net::TestReply{{response(request)}}; });
    const auto source = make_transfer_source(
        {name("example."), server.endpoint(), std::move(key), {}, std::chrono::milliseconds(500)},
        clock_);
    const Snapshot snapshot(name("example."), "7", {}, {"serial 7", {}, {}, {}});
    return run_to_end(source->has_changed(snapshot));
  }
};

TEST_F(TransferState, HasChangedWhenTheSerialIsAnotherOne) {
  for (const std::uint32_t serial : {6U, 7U, 8U}) {
    const auto result = ask([&](const Bytes& request) {
      return net::make_response(request, dns::Rcode::noerror, {soa(serial)});
    });
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(*result, serial != 7) << "an older one too: the server was set back";
  }
}

TEST_F(TransferState, IsUnknownWhereTheServerDoesNotSay) {
  const dns::TsigKey key{name("transfer."), dns::TsigAlgorithm::hmac_sha256, Bytes(32, 7)};
  const auto right = [&](const Bytes& request) {
    return net::make_response(request, dns::Rcode::noerror, {soa(7)});
  };
  EXPECT_THAT(
      ask([](const Bytes& request) { return net::make_response(request, dns::Rcode::refused); })
          .error()
          .text(),
      HasSubstr("REFUSED"));
  EXPECT_THAT(
      ask([](const Bytes& request) { return net::make_response(request, dns::Rcode::noerror); })
          .error()
          .text(),
      HasSubstr("no SOA record"));
  EXPECT_THAT(ask([&](const Bytes& request) {
                Bytes response = right(request);
                response[2] &= 0xFBU;  // AA
                return response;
              })
                  .error()
                  .text(),
              HasSubstr("no authority"));
  EXPECT_THAT(ask(right, key).error().text(), HasSubstr("carries no TSIG"));
  EXPECT_EQ(ask(
                [&](const Bytes& request) {
                  return sign_response(request, right(request), key, test_time());
                },
                key),
            false);
}

}  // namespace
}  // namespace dskeeper::parent
