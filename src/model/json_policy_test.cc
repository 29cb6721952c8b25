// A policy kept as JSON is the same policy when it is read back, whatever a later program's
// defaults.
#include <gtest/gtest.h>

#include "model/json.h"

namespace dskeeper {
namespace {

// Every kind of field with another value than its default.
Policy unusual_policy() {
  Policy policy;
  policy.name = "se";
  policy.signals = SignalTypes::cds_matched;
  policy.bootstrap = {BootstrapMethod::delay, BootstrapMethod::authenticated};
  policy.bootstrap_bar_status = {"serverHold"};
  policy.hold = std::chrono::hours(7);
  policy.secure_transport = SecureTransport::tcp;
  policy.vantages.bootstrap = {.all = false, .count = 3};
  policy.algorithms.set(dns::Algorithm::rsasha512, AlgorithmUse::refused);
  policy.algorithms.set(dns::DigestType::sha384, DigestUse{});
  policy.algorithms_complete = true;
  policy.out_of_band_wins = true;
  policy.csync = {};
  policy.breaker.delete_share = 0.125;
  return policy;
}

TEST(PolicyJson, ReadsBackWhatWasWritten) {
  for (const Policy& policy : {Policy(), unusual_policy()}) {
    const std::string text = policy_to_json(policy);
    const auto read = policy_from_json(text);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(policy_to_json(*read), text);
    EXPECT_EQ(read->algorithms, policy.algorithms);
    EXPECT_EQ(read->signals, policy.signals);
    EXPECT_EQ(read->bootstrap, policy.bootstrap);
    EXPECT_EQ(read->bootstrap_bar_status, policy.bootstrap_bar_status);
    EXPECT_EQ(read->vantages.bootstrap, policy.vantages.bootstrap);
    EXPECT_EQ(read->algorithms_complete, policy.algorithms_complete);
    EXPECT_EQ(read->out_of_band_wins, policy.out_of_band_wins);
  }
}

}  // namespace
}  // namespace dskeeper
