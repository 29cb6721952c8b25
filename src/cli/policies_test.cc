// The policies of data/policies/ are what the registries do (policies.md), and faults are named.
#include "cli/policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "cli/built_in_data.h"
#include "cli/policy_keys.h"

namespace dskeeper::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string faults_of(std::string_view text) {
  std::vector<Error> found;
  FaultList faults("test.toml", found);
  static_cast<void>(read_policies(parse_toml(text, "test.toml").value(), faults));
  std::string all;
  for (const Error& fault : found) all += fault.text() + "\n";
  return all;
}

Policy built_in(const std::string& name) {
  std::vector<Error> found;
  FaultList faults("test", found);
  Policy policy = read_policies({}, faults).at(name);
  EXPECT_TRUE(found.empty());
  return policy;
}

std::string_view text_of(std::string_view name) {
  for (const BuiltInPolicy& policy : built_in_policies()) {
    if (policy.name == name) return policy.text;
  }
  return {};
}

Quorum all() {
  return {.all = true, .count = 0};
}
Quorum at_least(unsigned count) {
  return {.all = false, .count = count};
}

TEST(BuiltInPolicies, Bcp246StatesEveryKeyAndTheDefaultsOfThePolicyType) {
  const Policy read = built_in("bcp246");
  const Policy defaults;
  EXPECT_EQ(read.bootstrap, defaults.bootstrap);
  EXPECT_EQ(read.hold, defaults.hold);
  EXPECT_EQ(read.retry, defaults.retry);
  EXPECT_EQ(read.keep, defaults.keep);
  EXPECT_EQ(read.signals, defaults.signals);
  EXPECT_EQ(read.algorithms, defaults.algorithms);
  EXPECT_EQ(read.bootstrap_bar_status, defaults.bootstrap_bar_status);
  EXPECT_EQ(read.vantages.bootstrap, defaults.vantages.bootstrap);
  EXPECT_EQ(read.vantages.remove, defaults.vantages.remove);
  EXPECT_EQ(read.ds_ttl.first, defaults.ds_ttl.first);
  EXPECT_TRUE(read.ds_ttl.keep_on_update);
  for (const Key<Policy>& key : policy_keys()) {
    if (key.description.name == "base") continue;
    EXPECT_THAT(std::string(text_of("bcp246")),
                HasSubstr("\n" + std::string(key.description.name) + " "));
  }
}

TEST(BuiltInPolicies, SeReadsCdsFromThreePlacesAndNeverALockedDomain) {
  const Policy se = built_in("se");
  EXPECT_EQ(se.name, "se");
  EXPECT_EQ(se.signals, SignalTypes::cds_matched);
  EXPECT_THAT(se.bootstrap, ElementsAre(BootstrapMethod::delay));
  EXPECT_EQ(se.hold, std::chrono::hours(72));
  EXPECT_EQ(se.vantages.bootstrap, at_least(3));
  EXPECT_EQ(se.vantages.update, at_least(3));
  EXPECT_EQ(se.vantages.remove, at_least(3));
  EXPECT_EQ(se.cds_max, 6U);
  EXPECT_TRUE(se.accept_delete);
  EXPECT_TRUE(se.out_of_band_wins);
  EXPECT_THAT(se.csync, ElementsAre("ns", "a", "aaaa"));
  EXPECT_THAT(se.bar_status, testing::Contains("serverUpdateProhibited"));
  EXPECT_THAT(se.bar_status, testing::Contains("serverHold"));
}

TEST(BuiltInPolicies, ChReadsCdsOverTcpAndTakesEitherWayToAFirstDs) {
  const Policy ch = built_in("ch");
  EXPECT_EQ(ch.signals, SignalTypes::cds);
  EXPECT_THAT(ch.bootstrap, ElementsAre(BootstrapMethod::authenticated, BootstrapMethod::delay));
  EXPECT_EQ(ch.hold, std::chrono::hours(72));
  EXPECT_EQ(ch.looks, 3U);
  EXPECT_FALSE(ch.out_of_band_wins);
  EXPECT_EQ(ch.secure_transport, SecureTransport::tcp);
  EXPECT_EQ(ch.vantages.bootstrap, at_least(2));
  EXPECT_EQ(ch.vantages.update, at_least(2));
  EXPECT_THAT(ch.csync, testing::IsEmpty());
  EXPECT_THAT(ch.bar_status, testing::IsEmpty());
}

TEST(BuiltInPolicies, CzReadsCdnskeyAndHoldsForSevenDays) {
  const Policy cz = built_in("cz");
  EXPECT_EQ(cz.signals, SignalTypes::cdnskey);
  EXPECT_THAT(cz.bootstrap, ElementsAre(BootstrapMethod::delay));
  EXPECT_EQ(cz.hold, std::chrono::hours(7 * 24));
  EXPECT_EQ(cz.looks, 7U);  // one a day; the gaps of a hold are at most 36 hours
  EXPECT_EQ(cz.vantages.update, all());
  EXPECT_TRUE(cz.accept_delete);
  EXPECT_THAT(cz.csync, testing::IsEmpty());
}

TEST(BuiltInPolicies, EachSaysWhereItDepartsFromRfc10026AndInheritsTheRest) {
  const Policy defaults;
  for (const char* name : {"se", "ch", "cz"}) {
    SCOPED_TRACE(name);
    const Policy policy = built_in(name);
    EXPECT_THAT(std::string(text_of(name)), HasSubstr("departs from RFC 10026:\n#   §"));
    EXPECT_EQ(policy.digests, defaults.digests);
    EXPECT_EQ(policy.algorithms, defaults.algorithms);
    EXPECT_EQ(policy.retry, defaults.retry);
    EXPECT_EQ(policy.unreachable.drop_after, defaults.unreachable.drop_after);
    EXPECT_EQ(policy.bootstrap_bar_status, defaults.bootstrap_bar_status);
    EXPECT_EQ(policy.keys_max, defaults.keys_max);
  }
}

TEST(Policies, ThoseOfTheConfigurationInheritFromABuiltInOne) {
  std::vector<Error> found;
  FaultList faults("test.toml", found);
  const auto policies = read_policies(
      parse_toml("[ours]\nbase = \"cz\"\nhold = \"10d\"\n", "test.toml").value(), faults);
  EXPECT_TRUE(found.empty());
  EXPECT_EQ(policies.at("ours").name, "ours");
  EXPECT_EQ(policies.at("ours").signals, SignalTypes::cdnskey);
  EXPECT_EQ(policies.at("ours").hold, std::chrono::hours(240));
  EXPECT_EQ(policies.at("cz").hold, std::chrono::hours(168));
}

TEST(Policies, FaultsNameTheLineAndTheNearestWord) {
  const auto cases = std::to_array<std::pair<const char*, const char*>>({
      {"[p]\nsignals = \"eitehr\"\n",
       "test.toml:2: \"eitehr\" is not known here. Did you mean \"either\"?\n"},
      {"[p]\nbase = \"bcp247\"\n",
       "test.toml:2: there is no policy \"bcp247\". Did you mean \"bcp246\"?\n"},
      {"[mine]\n[p]\nbase = \"mime\"\n",
       "test.toml:3: there is no policy \"mime\". Did you mean \"mine\"?\n"},
      {"[p]\nbase = \"denmark\"\n", "Known here: bcp246, ch, cz, se, p.\n"},
      {"[p]\nsignal = \"cds\"\n", "Did you mean \"signals\"?"},
      {"[p]\nbootstrap = [\"delay\", \"autenticated\"]\n", "Did you mean \"authenticated\"?"},
      {"[p]\nbootstrap = [\"delay\", \"delay\"]\n", "test.toml:2: \"delay\" is given twice"},
      {"[p]\nbootstrap = \"delay\"\n", "test.toml:2: this must be a list"},
      {"[p]\nsecure-transport = \"tpc\"\n", "Known here: any, tcp.\n"},
      {"[p]\ncsync = [\"ns\", \"aaa\"]\n", "Did you mean \"aaaa\"?"},
      {"[p]\nlooks = 0\n", "test.toml:2: this must be at least 1"},
      {"[p]\nvantages = { updates = 1 }\n", "Did you mean \"update\"?"},
      {"[p]\nvantages = { update = \"any\" }\n", "Write 1, 2, … or \"all\"."},
      {"[p]\nbreaker = { delete-share = 1.5 }\n", "between 0 and 1"},
      {"[p]\ndigests = [\"SHA-256\"]\n", "digests must be a list of digest types, as [2]"},
      {"[p]\nunreachable = { drop_after = \"1h\" }\n", "Did you mean \"drop-after\"?"},
      {"[cz]\nhold = \"1d\"\n",
       "test.toml:1: the policy \"cz\" is built in. Give yours another name, and base = \"cz\"."},
      {"p = 1\n", "test.toml:1: [policy.p] must be a table"},
      {"[p]\nbase = \"q\"\n[q]\nbase = \"p\"\n", "inherits from itself"},
  });
  for (const auto& [text, fault] : cases) EXPECT_THAT(faults_of(text), HasSubstr(fault));
}

}  // namespace
}  // namespace dskeeper::cli
