// data/algorithms.toml holds what standards.md §6.7 says, and its faults are named.
#include "cli/algorithms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "cli/built_in_data.h"
#include "cli/policies.h"

namespace dskeeper::cli {
namespace {

std::string faults_of_data(std::string_view text) {
  std::vector<Error> found;
  FaultList faults("algorithms.toml", found);
  static_cast<void>(read_algorithms(text, faults));
  std::string all;
  for (const Error& fault : found) all += fault.text() + "\n";
  return all;
}

TEST(Algorithms, TheFileIsWithoutFaultAndIsTheDefaultOfEachPolicy) {
  EXPECT_EQ(faults_of_data(built_in_algorithms()), "");
  EXPECT_EQ(algorithm_data().table(), AlgorithmTable());
  EXPECT_EQ(algorithm_data().table(), Policy().algorithms);
}

TEST(Algorithms, TheFileUsesTheNamesThatFindingsUse) {
  for (const AlgorithmRow& row : algorithm_data().algorithms) {
    const std::string name = dns::to_text(static_cast<dns::Algorithm>(row.number));
    EXPECT_TRUE(name == row.mnemonic || name == std::to_string(row.number)) << name;
  }
  for (const DigestRow& row : algorithm_data().digests) {
    const std::string name = dns::to_text(static_cast<dns::DigestType>(row.number));
    EXPECT_TRUE(name == row.mnemonic || name == std::to_string(row.number)) << name;
  }
}

// RFC 9904 table 2, RFC 9905 §5, RFC 9906 §2.
TEST(Rfc9904, S3_EachAlgorithmIsUsedAsTheRegistrySays) {
  const AlgorithmTable table;
  const auto use_of = [&](unsigned number) {
    return to_text(table.use_of(static_cast<dns::Algorithm>(number)));
  };
  for (const unsigned number : {0U, 1U, 3U, 5U, 6U, 7U, 12U}) EXPECT_EQ(use_of(number), "refused");
  for (const unsigned number : {8U, 10U, 13U, 14U, 15U, 16U}) EXPECT_EQ(use_of(number), "counts");
  for (const unsigned number : {2U, 17U, 23U, 200U, 253U, 254U, 255U}) {
    EXPECT_EQ(use_of(number), "ignored");
  }
}

// RFC 9904 table 3.
TEST(Rfc9904, S3_EachDigestTypeIsUsedAsTheRegistrySays) {
  const AlgorithmTable table;
  for (unsigned number = 0; number < 256; ++number) {
    SCOPED_TRACE(number);
    const DigestUse use = table.use_of(static_cast<dns::DigestType>(number));
    EXPECT_EQ(use.is_eligible, number == 2);
    EXPECT_EQ(use.counts, number == 2 || number == 4);
    EXPECT_EQ(use.may_publish, number == 2 || (number >= 4 && number <= 6));
  }
}

TEST(Algorithms, FaultsNameLineAndNearestWord) {
  EXPECT_EQ(faults_of_data("algorithms = [\n  { number = 8, mnemonic = \"RSASHA256\", "
                           "validation = \"RECOMENDED\", use = \"count\" },\n]\n"),
            "algorithms.toml:2: \"count\" is not known here. Did you mean \"counts\"?\n"
            "algorithms.toml:2: \"RECOMENDED\" is not known here. Did you mean \"RECOMMENDED\"?\n");
  EXPECT_THAT(faults_of_data("algorithms = [\n  { nubmer = 8 },\n]\n"),
              testing::HasSubstr("algorithms.toml:2: there is no key \"nubmer\" in algorithms. Did "
                                 "you mean \"number\"?\n"));
  EXPECT_THAT(faults_of_data("algorithm = []\n"), testing::HasSubstr("\"algorithms\"?"));
  EXPECT_THAT(faults_of_data("algorithms = [\n"), testing::HasSubstr("algorithms.toml:"));
}

TEST(Algorithms, ContradictionsAreFaults) {
  const auto faults = [](unsigned number, const char* validation, const char* use) {
    return faults_of_data("algorithms = [{ number = " + std::to_string(number) +
                          ", mnemonic = \"X\", validation = \"" + validation + "\", use = \"" +
                          use + "\" }]\n");
  };
  EXPECT_EQ(faults(8, "RECOMMENDED", "counts"), "");
  EXPECT_THAT(faults(8, "MUST NOT", "counts"), testing::HasSubstr("must be refused"));
  EXPECT_THAT(faults(8, "MAY", "counts"), testing::HasSubstr("is not recommended"));
  EXPECT_THAT(faults(17, "RECOMMENDED", "counts"), testing::HasSubstr("cannot be verified"));
  EXPECT_THAT(faults(256, "MAY", "ignored"), testing::HasSubstr("at most 255"));
  const std::string row =
      "{ number = 9, mnemonic = \"X\", implement-delegation = \"MUST\", delegation = \"MAY\", "
      "validation = \"MAY\" }";
  EXPECT_THAT(faults_of_data("digest-types = [" + row + "]\n"),
              testing::HasSubstr("cannot be computed"));
  EXPECT_THAT(faults_of_data("digest-types = [" + row + ", " + row + "]\n"),
              testing::HasSubstr("9 follows 9"));
}

// --- a policy's own table -----------------------------------------------------------------------

struct ReadPolicies {
  std::map<std::string, Policy> policies;
  std::string faults;
};
ReadPolicies read(std::string_view text) {
  std::vector<Error> found;
  FaultList faults("test.toml", found);
  ReadPolicies out{read_policies(parse_toml(text, "test.toml").value(), faults), {}};
  for (const Error& fault : found) out.faults += fault.text() + "\n";
  return out;
}

TEST(Algorithms, APolicyMayDepartFromTheTable) {
  const ReadPolicies read_ones = read(
      "[ours.algorithms]\nRSASHA512 = \"refused\"\n17 = \"refused\"\n"
      "[ours.digest-types]\nSHA-384 = { publish = false, counts = false }\n"
      "[heirs]\nbase = \"ours\"\n[heirs.algorithms]\nRSASHA512 = \"counts\"\n");
  EXPECT_EQ(read_ones.faults, "");
  const AlgorithmTable& ours = read_ones.policies.at("ours").algorithms;
  EXPECT_EQ(ours.use_of(dns::Algorithm::rsasha512), AlgorithmUse::refused);
  EXPECT_EQ(ours.use_of(static_cast<dns::Algorithm>(17)), AlgorithmUse::refused);
  EXPECT_EQ(ours.use_of(dns::Algorithm::ed25519), AlgorithmUse::counts);
  EXPECT_EQ(ours.use_of(dns::DigestType::sha384), DigestUse{});
  const AlgorithmTable& heirs = read_ones.policies.at("heirs").algorithms;
  EXPECT_EQ(heirs.use_of(dns::Algorithm::rsasha512), AlgorithmUse::counts);
  EXPECT_EQ(heirs.use_of(dns::DigestType::sha384), DigestUse{});
  EXPECT_EQ(read_ones.policies.at("bcp246").algorithms, AlgorithmTable());
}

TEST(Algorithms, APolicyMayNotDoWhatItMustNot) {
  const auto cases = std::to_array<std::pair<const char*, const char*>>({
      {"[p.algorithms]\nRSASHA1 = \"counts\"\n", "test.toml:2: RSASHA1 cannot count"},
      {"[p.algorithms]\nRSASHA1 = \"ignored\"\n", "test.toml:2: RSASHA1 must be refused"},
      {"[p.algorithms]\nRSASHA265 = \"counts\"\n", "Did you mean \"RSASHA256\"?"},
      {"[p.algorithms]\n256 = \"counts\"\n", "test.toml:2: \"256\" is neither"},
      {"[p.algorithms]\n8 = \"refuse\"\n", "Did you mean \"refused\"?"},
      {"[p]\nalgorithms = 8\n", "test.toml:2: algorithms must be a table"},
      {"[p.digest-types]\nSHA-1 = { publish = true }\n",
       "test.toml:2: SHA-1 must not be published"},
      {"[p.digest-types]\n5 = { counts = true }\n", "test.toml:2: 5 cannot be computed"},
      {"[p.digest-types]\nSHA-256 = { publish = false }\n", "so that it must be published"},
      {"[p.digest-types]\nSHA-384 = { eligable = true }\n", "Did you mean \"eligible\"?"},
      {"[p]\ndigests = [1]\n", "test.toml:2: DS of the digest type SHA-1 must not be published"},
      {"[p]\ndigests = [5]\n", "test.toml:2: this program cannot compute the digest type 5"},
      {"[p]\ndigests = [4]\n[p.digest-types]\nSHA-384 = { publish = false, counts = false }\n",
       "test.toml:2: DS of the digest type SHA-384 must not be published"},
  });
  for (const auto& [text, fault] : cases) {
    EXPECT_THAT(read(text).faults, testing::HasSubstr(fault));
  }
}

}  // namespace
}  // namespace dskeeper::cli
