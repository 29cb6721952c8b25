// A policy in the evidence is complete: judged again years later, it is the same policy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "model/json.h"

namespace dskeeper {
namespace {

namespace json = boost::json;
using std::chrono::hours;

// Every field has a value that is not its default.
Policy example_policy() {
  Policy policy;
  policy.name = "ours";
  policy.signals = SignalTypes::cds_matched;
  policy.strict_both = true;
  policy.bootstrap = {BootstrapMethod::delay, BootstrapMethod::authenticated};
  policy.bootstrap_bar_status = {"clientHold"};
  policy.hold = hours(24);
  policy.looks = 5;
  policy.secure_transport = SecureTransport::tcp;
  policy.vantages.bootstrap = {.all = false, .count = 3};
  policy.vantages.update = {.all = true, .count = 2};
  policy.vantages.remove = {.all = false, .count = 4};
  policy.vantages.csync = {.all = true, .count = 5};
  policy.algorithms.set(dns::Algorithm::rsasha256, AlgorithmUse::refused);
  policy.algorithms.set(dns::DigestType::gost94,
                        {.is_eligible = true, .may_publish = true, .counts = true});
  policy.digests = {dns::DigestType::sha384, dns::DigestType::sha256};
  policy.digests_enforce = true;
  policy.algorithms_complete = true;
  policy.out_of_band_wins = true;
  policy.keys_max = 7;
  policy.cds_max = 13;
  policy.ds_max = 14;
  policy.require_status = {"active"};
  policy.bar_status = {"serverHold"};
  policy.accept_delete = false;
  policy.csync = {"a"};
  policy.csync_approval = true;
  policy.ns_min = 1;
  policy.retry = {std::chrono::minutes(1)};
  policy.unreachable = {hours(1), 9};
  policy.ds_ttl = {dns::Ttl{1}, false, dns::Ttl{2}, dns::Ttl{3}, hours(4)};
  policy.approval_expires = hours(5);
  policy.deep_interval = hours(6);
  policy.breaker = {0.1 + 0.2, 1, 1.0 / 3, 2, 1e-9, 3};
  policy.keep = hours(7);
  return policy;
}

void expect_all_differ(const json::value& a, const json::value& b, const std::string& place) {
  if (!a.is_object()) {
    EXPECT_NE(a, b) << place;
    return;
  }
  for (const auto& [key, value] : a.get_object()) {
    if (key != "format") expect_all_differ(value, b.at(key), place + "." + std::string(key));
  }
}

TEST(PolicyJson, EveryFieldComesBack) {
  const std::string written = policy_to_json(example_policy());
  const Result<Policy> read = policy_from_json(written);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(policy_to_json(*read), written);
  EXPECT_EQ(read->breaker.delete_share, 0.1 + 0.2);
  EXPECT_EQ(read->algorithms, example_policy().algorithms);
  // What is written of each field depends on that field.
  expect_all_differ(json::parse(written), json::parse(policy_to_json(Policy{})), "policy");
}

TEST(PolicyJson, WhatIsNotUnderstoodIsRefused) {
  const std::string whole = policy_to_json(example_policy());
  for (const auto& [right, wrong] : std::initializer_list<std::pair<const char*, const char*>>{
           {R"("format":1)", R"("format":2)"},
           {R"("signals":"cds-matched")", R"("signals":"all")"},
           {R"("looks":5)", R"("looks":-5)"},
           {R"("operator_share":"1e-09")", R"("operator_share":"few")"},
           {R"("digests":"0)", R"("digests":"9)"},
           {R"("strict_both":true,)", ""},
           {R"("strict_both":true)", R"("strict_both":true,"more":1)"}}) {
    std::string text = whole;
    const std::size_t at = text.find(right);
    ASSERT_NE(at, std::string::npos) << right;
    text.replace(at, std::string_view(right).size(), wrong);
    EXPECT_FALSE(policy_from_json(text)) << wrong;
  }
}

}  // namespace
}  // namespace dskeeper
