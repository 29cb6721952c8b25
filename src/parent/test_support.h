// What the tests of this room share: names and records from text, files that go away, changes.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "dns/rrset.h"
#include "dns/zone_file.h"
#include "model/change.h"
#include "model/delegation.h"
#include "net/test_tcp_server.h"
#include "parent/source.h"

namespace dskeeper::parent {

using net::run_to_end;

inline dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

inline Time test_time() {
  return parse_time("2026-11-24T03:00:00Z").value();
}

// A folder for one test.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = "/tmp/dskeeper-test-XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Writes a file and gives its path.
  std::filesystem::path write(const std::string& file, std::string_view text) const {
    std::ofstream(path_ / file, std::ios::binary) << text;
    return path_ / file;
  }

 private:
  std::filesystem::path path_;
};

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Records from the text of a zone file of example.
inline std::vector<dns::Record> records(std::string_view text) {
  const TestFolder folder;
  auto reader = dns::ZoneFileReader::open(folder.write("zone", text), name("example.")).value();
  std::vector<dns::Record> out;
  while (auto record = reader.next().value()) out.push_back(*std::move(record));
  return out;
}

// A DS record that differs by its tag.
inline dns::Ds test_ds(unsigned tag) {
  return dns::Ds::parse(std::to_string(tag) + " 13 2 " + std::string(64, 'A')).value();
}

inline dns::DsSet ds_set(const std::vector<unsigned>& tags) {
  std::vector<dns::Ds> set;
  for (const unsigned tag : tags) set.push_back(test_ds(tag));
  return dns::make_ds_set(std::move(set));
}

inline NameServer test_host(std::string_view host, const std::vector<std::string>& glue = {}) {
  NameServer server{name(host), {}};
  for (const std::string& address : glue) {
    server.glue.push_back(IpAddress::parse(address).value());
  }
  std::sort(server.glue.begin(), server.glue.end());
  return server;
}

inline Delegation test_delegation(std::string_view child, const std::vector<unsigned>& tags) {
  Delegation delegation;
  delegation.child = name(child);
  delegation.parent = name("example.");
  delegation.name_servers = {{name("ns1.op.test."), {}}, {name("ns2.op.test."), {}}};
  delegation.ds = ds_set(tags);
  return delegation;
}

inline Change test_change(std::string_view child, const std::vector<unsigned>& before,
                          const std::vector<unsigned>& after) {
  Change change;
  change.id = "change-1";
  change.child = name(child);
  change.parent = name("example.");
  change.before = ds_set(before);
  change.after = ds_set(after);
  change.ttl = dns::Ttl{600};
  change.hosts = {name("ns1.op.test."), name("ns2.op.test.")};
  change.queued_at = test_time();
  change.judged_at = test_time();
  return change;
}

// A change of name servers and glue, of a child with the DS set of test_ds(1).
inline Change test_csync_change(std::string_view child, std::vector<NameServer> before,
                                std::vector<NameServer> after, std::vector<NameServer> lent = {}) {
  Change change = test_change(child, {1}, {1});
  change.hosts.clear();
  for (const NameServer& server : before) change.hosts.push_back(server.host);
  change.name_servers = NameServersEdit{std::move(before), std::move(after), std::move(lent)};
  return change;
}

}  // namespace dskeeper::parent
