// Work beside the event loop, and the way back. Meant to be run under the thread sanitizer too.
#include "cli/proving.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <set>
#include <stdexcept>
#include <thread>

#include "cli/extra_work.h"
#include "dns/test_signer.h"

namespace dskeeper::cli {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> do_one(Proving& proving, Proving::Work work, std::thread::id home,
                             unsigned& done) {
  co_await proving.run(std::move(work));
  EXPECT_EQ(std::this_thread::get_id(), home);
  ++done;
}

TEST(Proving, MuchWorkIsDoneBesideTheLoopAndEachGoesOnOnIt) {
  for (const unsigned threads : {1U, 2U, 5U}) {
    asio::io_context context;
    Proving proving(context.get_executor(), std::make_shared<dns::VerifiedSignatures>(), threads);
    std::atomic<unsigned> worked = 0;
    std::atomic<unsigned> at_home = 0;
    unsigned done = 0;
    const std::thread::id home = std::this_thread::get_id();
    const Proving::Work work = [&](dns::Verifier&) {
      ++worked;
      if (std::this_thread::get_id() == home) ++at_home;
    };
    for (int i = 0; i < 1000; ++i) {
      asio::co_spawn(context, do_one(proving, work, home, done), asio::detached);
    }
    context.run();
    EXPECT_EQ(worked, 1000U);
    EXPECT_EQ(at_home, threads == 1 ? 1000U : 0U);
    EXPECT_EQ(done, 1000U);
  }
}

TEST(Proving, AllThreadsShareWhatIsKnown) {
  asio::io_context context;
  const auto known = std::make_shared<dns::VerifiedSignatures>();
  Proving proving(context.get_executor(), known, 4);
  const Time now{std::chrono::hours(500'000)};
  unsigned done = 0;
  for (std::uint8_t i = 0; i < 200; ++i) {
    const Proving::Work work = [&known, i, now](dns::Verifier&) {
      for (std::uint8_t j = 0; j <= i; ++j) {
        known->add({j, 1, j}, now + std::chrono::hours(1), now);
        EXPECT_TRUE(known->contains({j, 1, j}));
      }
    };
    asio::co_spawn(context, do_one(proving, work, std::this_thread::get_id(), done),
                   asio::detached);
  }
  context.run();
  EXPECT_EQ(done, 200U);
  EXPECT_EQ(known->size(), 200U);
}

// Keys, contexts and what is known, from all threads at once.
TEST(Proving, EachSignatureIsVerifiedOnWhicheverThread) {
  using dns::Algorithm;
  const std::vector<Algorithm> algorithms = {Algorithm::ecdsap256sha256, Algorithm::ecdsap384sha384,
                                             Algorithm::ed25519};
  std::vector<dns::test::Signer> signers;
  for (const Algorithm algorithm : algorithms) {
    signers.emplace_back(algorithm, algorithm == Algorithm::ecdsap384sha384 ? 384 : 256);
  }
  const dns::Rrset cds = dns::test::make_cds();
  std::vector<dns::Rrsig> signatures;
  for (const auto& signer : signers) signatures.push_back(signer.sign(cds));

  asio::io_context context;
  Proving proving(context.get_executor(), std::make_shared<dns::VerifiedSignatures>(), 4);
  std::atomic<unsigned> valid = 0;
  unsigned done = 0;
  const Proving::Work work = [&](dns::Verifier& verifier) {
    dns::VerificationBudget budget;
    for (std::size_t i = 0; i < signers.size(); ++i) {
      budget.begin_rrset();
      const auto status = verifier.verify(cds, signatures[i], signers[i].dnskey(), dns::test::zone,
                                          dns::test::now, budget);
      if (status == dns::SignatureStatus::valid) ++valid;
    }
  };
  for (int i = 0; i < 200; ++i) {
    asio::co_spawn(context, do_one(proving, work, std::this_thread::get_id(), done),
                   asio::detached);
  }
  context.run();
  EXPECT_EQ(valid, 600U);
}

TEST(Proving, WhatTheWorkThrowsIsThrownWhereItWasGiven) {
  for (const unsigned threads : {1U, 2U}) {
    asio::io_context context;
    Proving proving(context.get_executor(), std::make_shared<dns::VerifiedSignatures>(), threads);
    unsigned done = 0;
    bool is_thrown = false;
    const Proving::Work work = [](dns::Verifier&) { throw std::runtime_error("no"); };
    asio::co_spawn(context, do_one(proving, work, std::this_thread::get_id(), done),
                   [&](const std::exception_ptr& exception) { is_thrown = exception != nullptr; });
    context.run();
    EXPECT_TRUE(is_thrown);
    EXPECT_EQ(done, 0U);
  }
}

// A process that ends while work is under way.
TEST(Proving, ItsEndWaitsForTheWorkAndLetsGoOfWhoWaits) {
  asio::io_context context;
  unsigned done = 0;
  const auto held = std::make_shared<int>(1);
  {
    Proving proving(context.get_executor(), std::make_shared<dns::VerifiedSignatures>(), 2);
    for (int i = 0; i < 50; ++i) {
      const Proving::Work work = [held](dns::Verifier&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      };
      asio::co_spawn(context, do_one(proving, work, std::this_thread::get_id(), done),
                     asio::detached);
    }
    context.poll();
  }
  context.run();
  EXPECT_LT(done, 50U);
  EXPECT_EQ(held.use_count(), 1);
}

// One look after the other that costs all that a child may cost.
TEST(ExtraWork, WhenItIsUsedUpOnlyThoseWhoNeedMoreThanTheOrdinaryArePutOff) {
  const dns::test::Signer signer(dns::Algorithm::ecdsap384sha384, 384);
  const dns::Rrset cds = dns::test::make_cds();
  std::vector<dns::Rrsig> signatures;
  for (int i = 0; i < 70; ++i) {
    signatures.push_back(signer.sign(cds, dns::test::now - i * dns::test::second));
  }
  const auto look = [&](ExtraWork& extra, std::size_t count) {
    dns::Verifier verifier;
    dns::VerificationBudget budget = extra.budget();
    for (std::size_t i = 0; i < count; ++i) {
      budget.begin_rrset();
      (void)verifier.verify(cds, signatures[i], signer.dnskey(), dns::test::zone, dns::test::now,
                            budget);
    }
    return extra.take(budget);
  };
  ExtraWork extra(0);
  std::size_t looks = 0;
  while (!look(extra, signatures.size())) ++looks;
  EXPECT_EQ(looks, 10'000 / (512 - 64) + 1U);
  EXPECT_TRUE(look(extra, 9));   // 72 units of work
  EXPECT_FALSE(look(extra, 8));  // 64
}

}  // namespace
}  // namespace dskeeper::cli
