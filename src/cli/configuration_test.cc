#include "cli/configuration.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "cli/sink_settings.h"
#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace {

using testing::HasSubstr;

constexpr std::string_view good = R"([[key]]
name = "update."
secret-file = "update.key"

[[parent]]
zone   = "example."
source = { zone-file = "example.zone" }
sink   = { dns-update = "192.0.2.1", key = "update." }
)";

// A folder with a key file, gone at the end of the test.
class ConfigurationFile : public testing::Test {
 protected:
  ConfigurationFile() : folder_(testing::TempDir() + "dskeeper-" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "update.key") << "c2VjcmV0\n";
    chmod((folder_ / "update.key").c_str(), 0600);
  }
  ~ConfigurationFile() override { std::filesystem::remove_all(folder_); }

  tl::expected<Configuration, ConfigurationFaults> load(std::string_view text) {
    std::ofstream(folder_ / "dskeeper.toml") << text;
    return load_configuration(folder_ / "dskeeper.toml");
  }
  // All faults as text, without the folder.
  std::string faults_of(std::string_view text) {
    const auto loaded = load(text);
    std::string all;
    if (loaded) return all;
    for (const Error& fault : loaded.error().faults) all += fault.text() + "\n";
    const std::string prefix = folder_.string() + "/";
    for (std::size_t at = all.find(prefix); at != std::string::npos; at = all.find(prefix)) {
      all.erase(at, prefix.size());
    }
    return all;
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigurationFile, GivesEveryKeyItsDefault) {
  const auto loaded = load(good);
  ASSERT_TRUE(loaded) << loaded.error().faults.at(0).text();
  EXPECT_EQ(loaded->store.url, "sqlite:" + (folder_ / "dskeeper.db").string());
  EXPECT_EQ(loaded->scan.interval, std::chrono::hours(24));
  ASSERT_EQ(loaded->parents.size(), 1U);
  const ParentSettings& parent = loaded->parents.front();
  EXPECT_EQ(parent.policy, "bcp246");
  EXPECT_EQ(std::get<ZoneFileSource>(parent.source).path, folder_ / "example.zone");
  ASSERT_EQ(parent.confirm.size(), 1U);
  EXPECT_EQ(parent.confirm.front().text(), "192.0.2.1:53");
  EXPECT_EQ(loaded->vantages.front().name, "local");
}

// One [[parent]], and whether CSYNC (RFC 7477) is asked for under it.
std::string parent_with(const std::string& source, const std::string& sink,
                        const std::string& confirm = "confirm = [\"192.0.2.1\"]\n") {
  return "[[key]]\nname = \"update.\"\nsecret-file = \"update.key\"\n[[parent]]\nzone = "
         "\"example.\"\nsource = " +
         source + "\nsink = " + sink + "\n" + confirm;
}

TEST_F(ConfigurationFile, SaysWhatTheFileOfAZoneFileSinkHas) {
  const auto load_sink = [&](const std::string& keys) {
    const auto loaded = load(parent_with("{ zone-file = \"example.zone\" }",
                                         "{ zone-file = \"out.zone\"" + keys + " }"));
    EXPECT_TRUE(loaded);
    return std::get<ZoneFileSinkSettings>(loaded->parents.at(0).sink);
  };
  using parent::ZoneFileContent;
  EXPECT_EQ(load_sink("").content, ZoneFileContent::ds);
  EXPECT_EQ(load_sink(", content = \"ds\"").content, ZoneFileContent::ds);
  const ZoneFileSinkSettings whole = load_sink(", content = \"delegations\", ns-ttl = \"2d\"");
  EXPECT_EQ(whole.content, ZoneFileContent::delegations);
  EXPECT_EQ(whole.name_server_ttl.seconds, 172'800U);
}

TEST_F(ConfigurationFile, HasAZoneFileSinkThatCannotBe) {
  const std::string file = "{ zone-file = \"out.zone\", ";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {file + "content = \"delegation\" }", "Did you mean \"delegations\"?"},
      {file + "ns-ttl = \"1h\" }", "ns-ttl is of no use in a file without NS records"},
      {file + "content = \"delegations\", ns-ttl = \"0s\" }", "at least one second"},
      {"{ none = true, content = \"delegations\" }", "there is none"}};
  for (const auto& [sink, fault] : cases) {
    EXPECT_THAT(faults_of(parent_with("{ zone-file = \"example.zone\" }", sink)), HasSubstr(fault))
        << sink;
  }
}

// The source of such a file may be behind what it publishes.
TEST_F(ConfigurationFile, HasDelegationsThatNobodyConfirms) {
  EXPECT_THAT(
      faults_of(parent_with("{ zone-file = \"example.zone\" }",
                            "{ zone-file = \"out.zone\", content = \"delegations\" }", "")),
      HasSubstr(
          "needs confirm. Add confirm = [\"ADDRESS\"] with name servers that publish the zone"));
}

// Where the way of name servers and glue ends before it begins, nobody is asked for CSYNC.
TEST_F(ConfigurationFile, TellsWhyCsyncIsNotAskedFor) {
  const std::string zone = "{ zone-file = \"example.zone\" }";
  const std::string list = "{ list = \"domains.csv\" }";
  const std::string update = "{ dns-update = \"192.0.2.1\", key = \"update.\" }";
  const std::string whole = "{ zone-file = \"out.zone\", content = \"delegations\" }";
  const std::string command = "{ command = [\"/bin/true\"] }";
  const std::string no_place = "no place for name servers";
  const std::string unknown_users = "which other names of the zone use the glue";
  struct Case {
    std::string source, sink, reason;
  };
  for (const Case& one : std::vector<Case>{{zone, update, ""},
                                           {zone, whole, ""},
                                           {zone, command, ""},
                                           {zone, "{ zone-file = \"ds.zone\" }", no_place},
                                           {list, update, unknown_users},
                                           {list, whole, unknown_users},
                                           {list, command, ""},
                                           {list, "{ none = true }", ""}}) {
    const auto loaded = load(parent_with(one.source, one.sink));
    ASSERT_TRUE(loaded) << one.sink;
    const ParentSettings& parent = loaded->parents.at(0);
    Policy policy = loaded->policies.at(parent.policy);
    const std::string reason = reason_without_csync(parent, policy);
    EXPECT_EQ(reason.empty(), one.reason.empty()) << one.source << one.sink;
    EXPECT_THAT(reason, HasSubstr(one.reason));
    policy.csync.clear();
    EXPECT_THAT(reason_without_csync(parent, policy), HasSubstr("csync = []"));
  }
}

TEST_F(ConfigurationFile, NamesFileLineAndNearestKey) {
  const std::string text = std::string(good) + "[scan]\nintervall = \"1h\"\n";
  EXPECT_EQ(
      faults_of(text),
      "dskeeper.toml:10: there is no key \"intervall\" in [scan]. Did you mean \"interval\"?\n");
}

TEST_F(ConfigurationFile, ReadsWhereHttpIsServed) {
  const std::string token = "0123456789abcdef0123";
  std::ofstream(folder_ / "staff.token") << token << "\n";
  chmod((folder_ / "staff.token").c_str(), 0600);
  const auto loaded = load(std::string(good) + R"([http]
listen = "127.0.0.1"
hosts = ["DSkeeper.example."]
token-file = "staff.token"
trusted-proxies = ["192.0.2.0/24"]
client-rate = 7
zonemaster = ""
)");
  ASSERT_TRUE(loaded) << loaded.error().faults.at(0).text();
  ASSERT_TRUE(loaded->http);
  EXPECT_EQ(loaded->http->listen.at(0).text(), "127.0.0.1:8053");
  EXPECT_EQ(loaded->http->hosts.at(0), "dskeeper.example");
  EXPECT_EQ(loaded->http->token, token);
  EXPECT_EQ(loaded->http->client_rate, 7U);
  const auto two = load(std::string(good) + "[http]\nlisten = [\"127.0.0.1:80\", \"[::1]:80\"]\n");
  ASSERT_TRUE(two);
  EXPECT_EQ(two->http->listen.size(), 2U);
  EXPECT_EQ(two->http->token, "");
}

TEST_F(ConfigurationFile, HasHttpThatCannotWork) {
  std::ofstream(folder_ / "open.token") << "0123456789abcdef0123\n";
  chmod((folder_ / "open.token").c_str(), 0644);
  std::ofstream(folder_ / "short.token") << "short\n";
  chmod((folder_ / "short.token").c_str(), 0600);
  const auto faults = [&](const std::string& lines) {
    return faults_of(std::string(good) + "[http]\n" + lines);
  };
  EXPECT_THAT(faults(""), HasSubstr(":9: [http] says nowhere to listen"));
  const std::string listen = "listen = \"127.0.0.1:80\"\n";
  EXPECT_EQ(faults(listen), "");
  EXPECT_THAT(faults(listen + "token-file = \"gone\"\n"), HasSubstr("the token file gone cannot"));
  EXPECT_THAT(faults(listen + "token-file = \"open.token\"\n"), HasSubstr("be read by others"));
  const std::string weak = faults(listen + "token-file = \"short.token\"\n");
  EXPECT_THAT(weak, testing::AllOf(HasSubstr("a token is one line"), HasSubstr("openssl rand")));
  EXPECT_THAT(weak, testing::Not(HasSubstr("short\n")));
  EXPECT_THAT(faults(listen + "client-rate = 0\n"), HasSubstr("a rate is between 1 and"));
  EXPECT_THAT(faults(listen + "zonemaster = \"javascript:x\"\n"),
              HasSubstr("no address of the web"));
  EXPECT_THAT(faults(listen + "hosts = [\"a b:c\"]\n"), HasSubstr("is no host name"));
  EXPECT_THAT(faults("listen = [\"127.0.0.1:80\", \"127.0.0.1:80\"]\n"), HasSubstr("twice"));
}

TEST_F(ConfigurationFile, ReportsAllFaultsAtOnce) {
  const std::string faults = faults_of(
      "[scan]\nrate = 0\ntimeout = \"5 s\"\n[[parent]]\nzone = \"example.\"\npolicy = \"bcp247\"\n"
      "source = { axfr = \"192.0.2.1\" }\nsink = { dns-update = \"ns1\", key = \"update.\" }\n");
  for (const char* part :
       {"dskeeper.toml:2: a rate must be", "dskeeper.toml:3: \"5 s\" is not a duration",
        "there is no policy \"bcp247\". Did you mean \"bcp246\"?", "a transfer without a key",
        "\"ns1\" is not an IPv4 or IPv6 address",
        "there is no [[key]] with the name \"update.\""}) {
    EXPECT_THAT(faults, HasSubstr(part));
  }
}

TEST_F(ConfigurationFile, ASignalingZoneMustSayWhoseItIsAndHowItIsRead) {
  EXPECT_EQ(faults_of(std::string(good) + "[[signaling]]\nkey = \"none.\"\n"),
            "dskeeper.toml:9: this [[signaling]] has no hosts. Name the operator's name servers.\n"
            "dskeeper.toml:9: it is not said how these signaling zones may be read. Give axfr = "
            "\"ADDRESS\", or walk = true.\n"
            "dskeeper.toml:9: there is no [[key]] with the name \"none.\".\n");
  const auto loaded = load(std::string(good) +
                           "[[signaling]]\nhosts = [\"NS1.op.\"]\naxfr = \"192.0.2.7\"\n"
                           "key = \"Update\"\ninterval = \"2s\"\n"
                           "[[signaling]]\nhosts = [\"ns1.two.\"]\nwalk = true\n");
  ASSERT_TRUE(loaded) << loaded.error().faults.at(0).text();
  ASSERT_EQ(loaded->signaling.size(), 2U);
  EXPECT_EQ(loaded->signaling[0].key, "update.");
  EXPECT_EQ(loaded->signaling[0].axfr->text(), "192.0.2.7:53");
  EXPECT_EQ(loaded->signaling[1].interval, std::chrono::minutes(15));
  EXPECT_TRUE(loaded->warnings.empty());
}

TEST_F(ConfigurationFile, ASignalingZoneIsOfNoUseWhereNoPolicyWantsSignals) {
  const auto loaded = load(
      "[[parent]]\nzone = \"example.\"\npolicy = \"slow\"\nsource = { list = \"l.csv\" }\n"
      "sink = { none = true }\n[policy.slow]\nbootstrap = [\"delay\"]\n"
      "[[signaling]]\nhosts = [\"ns1.op.\"]\nwalk = true\n");
  ASSERT_TRUE(loaded) << loaded.error().faults.at(0).text();
  ASSERT_EQ(loaded->warnings.size(), 1U);
  EXPECT_THAT(loaded->warnings[0], HasSubstr(":8: [[signaling]] has no effect"));
}

TEST_F(ConfigurationFile, ServeMustFindInSignalWhatTheCommandIsTold) {
  const std::string section = "[signal]\nprimary = \"127.0.0.1\"\nlist = \"zones\"\n";
  EXPECT_EQ(faults_of(section), "") << "the command line may have the rest";
  EXPECT_THAT(faults_of(section + "interval = \"15m\"\n"),
              HasSubstr("dskeeper.toml:1: it is not said which name servers are yours"));
  EXPECT_THAT(faults_of(section + "interval = \"15m\"\nhosts = [\"ns1.op.\"]\n"),
              HasSubstr("dskeeper.toml:1: it is not said where `serve` shall bring the signals"));
  EXPECT_EQ(faults_of(section + "interval = \"15m\"\nhosts = [\"ns1.op.\"]\ndirectory = \".\"\n"),
            "");
}

TEST_F(ConfigurationFile, AMissingKeyFileIsNamedAndIsOneFault) {
  std::filesystem::remove(folder_ / "update.key");
  EXPECT_EQ(faults_of(good),
            "dskeeper.toml:1: the key file update.key cannot be read. It must hold one line, the "
            "secret in base64.\n");
}

TEST_F(ConfigurationFile, AKeyFileThatIsNoBase64IsNamedAndNotPrinted) {
  std::ofstream(folder_ / "update.key") << "not base64\n";
  EXPECT_EQ(faults_of(good), "dskeeper.toml:1: the secret in the file update.key is not base64.\n");
}

TEST_F(ConfigurationFile, AKeyFileThatOthersCanReadIsRefused) {
  chmod((folder_ / "update.key").c_str(), 0644);
  EXPECT_THAT(faults_of(good), HasSubstr("can be read by others"));
}

TEST_F(ConfigurationFile, ASyntaxErrorNamesItsLine) {
  EXPECT_THAT(faults_of("[store\nurl = 1\n"), HasSubstr("dskeeper.toml:1: "));
}

TEST_F(ConfigurationFile, ANameBelongsToTheLongestParent) {
  const std::string text = std::string(good) +
                           "[[parent]]\nzone = \"sub.example.\"\nsource = { list = \"l.csv\" }\n"
                           "sink = { none = true }\n";
  const auto loaded = load(text);
  ASSERT_TRUE(loaded) << loaded.error().faults.at(0).text();
  const auto parent_of = [&](const char* name) {
    const ParentSettings* parent = loaded->parent_of(dns::Name::parse(name).value());
    return parent == nullptr ? std::string() : parent->zone.text();
  };
  EXPECT_EQ(parent_of("kid.sub.example."), "sub.example.");
  EXPECT_EQ(parent_of("kid.example."), "example.");
  EXPECT_EQ(parent_of("example."), "");
  EXPECT_EQ(parent_of("kid.test."), "");
}

TEST_F(ConfigurationFile, PoliciesInheritAndCirclesAreFound) {
  const auto loaded =
      load(std::string(good) + "[policy.a]\nbase = \"b\"\nlooks = 4\n[policy.b]\nhold = \"7d\"\n");
  ASSERT_TRUE(loaded) << loaded.error().faults.at(0).text();
  EXPECT_EQ(loaded->policies.at("a").hold, std::chrono::hours(7 * 24));
  EXPECT_EQ(loaded->policies.at("a").looks, 4U);
  EXPECT_EQ(loaded->policies.at("b").looks, 3U);
  EXPECT_THAT(faults_of(std::string(good) + "[policy.a]\nbase = \"b\"\n[policy.b]\nbase = \"a\"\n"),
              HasSubstr("inherits from itself"));
}

TEST(ConfigurationManual, IsWhatTheDeclarationsSay) {
  std::ifstream file(DSKEEPER_SOURCE_DIR "/docs/configuration.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr(configuration_manual()))
      << "Put this into docs/configuration.md:\n"
      << configuration_manual();
}

TEST(TypedName, ULabelsAndALabelsAreTheSameName) {
  EXPECT_EQ(read_typed_name("bücher.example").value(),
            read_typed_name("xn--bcher-kva.example.").value());
  EXPECT_EQ(shown_name(read_typed_name("bücher.example").value()),
            "xn--bcher-kva.example. (bücher.example.)");
  EXPECT_FALSE(read_typed_name("b\xC3.example"));
}

// A control sequence (U+009B), a change of direction (U+202E), a space of no width (U+200B).
TEST(TypedName, WhatNoULabelMayHoldIsShownAsALabelsOnly) {
  for (const char* label : {"xn--31mx-4da", "xn--evil-ud7a", "xn--ab-g1t"}) {
    const std::string name = fmt::format("{}.b\\027.example.", label);
    EXPECT_EQ(shown_name(read_typed_name(name).value()), name);
  }
}

}  // namespace
}  // namespace dskeeper::cli
