#include "net/address_permit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace dskeeper::net {
namespace {

IpAddress address(const char* text) {
  return IpAddress::parse(text).value();
}
IpPrefix prefix(const char* text) {
  return IpPrefix::parse(text).value();
}

bool is_listed(const std::vector<IpPrefix>& prefixes, const IpAddress& address) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const IpPrefix& prefix) { return prefix.contains(address); });
}

constexpr const char* special[] = {"0.0.0.0",
                                   "0.1.2.3",
                                   "10.255.0.1",
                                   "100.64.0.1",
                                   "100.127.255.255",
                                   "127.0.0.1",
                                   "127.255.0.1",
                                   "169.254.169.254",
                                   "172.16.0.1",
                                   "172.31.255.255",
                                   "192.0.0.8",
                                   "192.0.2.1",
                                   "192.88.99.1",
                                   "192.168.1.1",
                                   "198.18.0.1",
                                   "198.19.255.255",
                                   "198.51.100.1",
                                   "203.0.113.1",
                                   "224.0.0.251",
                                   "239.1.1.1",
                                   "240.0.0.1",
                                   "255.255.255.255",
                                   "::",
                                   "::1",
                                   "::127.0.0.1",
                                   "::ffff:8.8.8.8",
                                   "::ffff:127.0.0.1",
                                   "64:ff9b::127.0.0.1",
                                   "64:ff9b::10.0.0.1",
                                   "64:ff9b:1::1",
                                   "100::1",
                                   "2001::1",
                                   "2001:2::1",
                                   "2001:10::1",
                                   "2001:db8::1",
                                   "2002:7f00:1::1",
                                   "2002:a00:1::1",
                                   "3fff::1",
                                   "4000::1",
                                   "5f00::1",
                                   "fc00::1",
                                   "fd00::1",
                                   "fe80::1",
                                   "fec0::1",
                                   "ff02::1"};

constexpr const char* ordinary[] = {
    "1.1.1.1",         "9.255.255.255",    "11.0.0.1",          "100.63.255.255", "100.128.0.1",
    "172.15.0.1",      "172.32.0.1",       "192.0.1.1",         "192.31.196.1",   "192.175.48.1",
    "198.20.0.1",      "223.255.255.255",  "2001:500:1::53",    "2001:4:112::1",  "2606:4700::1",
    "2620:4f:8000::1", "64:ff9b::1.1.1.1", "2002:0101:0101::1", "2a00::1",        "3ffe::1"};

TEST(AddressPermit, RefusesEverySpecialPurposeRange) {
  const AddressPermit permit({});
  for (const char* text : special) {
    EXPECT_FALSE(permit.allows(address(text))) << text;
    EXPECT_NE(special_purpose(address(text)), "") << text;
  }
  for (const char* text : ordinary) {
    EXPECT_TRUE(permit.allows(address(text))) << text;
    EXPECT_EQ(special_purpose(address(text)), "") << text;
  }
}

TEST(AddressPermit, OpensOnlyWhatItNames) {
  const AddressPermit permit({prefix("127.0.0.0/8"), prefix("10.1.0.0/16"), prefix("fd00::/64")});
  for (const char* text : {"127.0.0.1", "10.1.2.3", "fd00::53", "2002:7f00:1::1"}) {
    EXPECT_TRUE(permit.allows(address(text))) << text;
  }
  // The mapped form stays refused: it is another way to spell an address that has its own.
  for (const char* text : {"10.2.0.1", "::1", "fd00:0:0:1::1", "::ffff:127.0.0.1"}) {
    EXPECT_FALSE(permit.allows(address(text))) << text;
  }
}

TEST(AddressPermit, RefusesOurOwnAddresses) {
  const std::vector<IpAddress> own = {address("1.2.3.4"), address("2a00::1")};
  const AddressPermit closed({}, own);
  EXPECT_FALSE(closed.allows(own[0]));
  EXPECT_FALSE(closed.allows(own[1]));
  EXPECT_FALSE(closed.allows(address("64:ff9b::1.2.3.4")));
  EXPECT_TRUE(AddressPermit({prefix("1.2.3.4/32")}, own).allows(own[0]));
}

TEST(AddressPermit, ThePrefixesForTheResolverSayTheSame) {
  const std::vector<IpPrefix> permits[] = {
      {}, {prefix("127.0.0.0/8"), prefix("::1/128"), prefix("fd00::/64"), prefix("10.1.2.3/32")}};
  for (const std::vector<IpPrefix>& permit : permits) {
    const AddressPermit rule(permit, {address("1.2.3.4")});
    const std::vector<IpPrefix> refused = rule.refused();
    std::vector<IpAddress> probes = {address("10.1.2.3"), address("10.1.2.2"), address("1.2.3.4"),
                                     address("fd00::1"), address("fd00:0:0:1::")};
    for (const char* text : special) probes.push_back(address(text));
    for (const char* text : ordinary) probes.push_back(address(text));
    for (const IpAddress& probe : probes) {
      EXPECT_EQ(is_listed(refused, probe), !rule.allows(probe)) << probe.text();
    }
  }
}

TEST(AddressPermit, PermittingEverythingLeavesNothingRefused) {
  const AddressPermit permit({prefix("0.0.0.0/0"), prefix("::/0")});
  EXPECT_THAT(permit.refused(), testing::IsEmpty());
  EXPECT_TRUE(permit.allows(address("127.0.0.1")));
}

}  // namespace
}  // namespace dskeeper::net
