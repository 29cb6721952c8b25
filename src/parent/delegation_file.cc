#include "parent/delegation_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "dns/zone_file.h"
#include "parent/atomic_file.h"
#include "parent/delegation_file_intake.h"

namespace dskeeper::parent {
namespace {

constexpr std::string_view revision_mark = "; revision ";
constexpr std::string_view ahead_mark = "; ahead of the source ";
constexpr std::string_view says_mark = " says ";
constexpr std::string_view name_servers_mark = "NS ";
constexpr std::string_view registered_mark = "; registered as ";
constexpr std::string_view nothing = "[nothing]";
constexpr std::string_view end_line = "; end";
constexpr std::string_view separator = "; ";
constexpr const char* remedy =
    "Move it away: dskeeper then writes what the source says, without the changes that the source "
    "does not show yet.";

std::string_view subject_of(ZoneFileContent content) {
  return content == ZoneFileContent::ds ? "DS records" : "Delegations";
}

std::string first_line(const dns::Name& zone, ZoneFileContent content) {
  return fmt::format("; {} of {}, written by dskeeper, which reads them again: do not edit.",
                     subject_of(content), zone.text());
}

// Cuts the text before the separator off.
std::string_view take_until(std::string_view& text, std::string_view mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + mark.size(), text.size()));
  return taken;
}

std::string ds_text(const dns::DsSet& set) {
  if (set.empty()) return std::string(nothing);
  std::string text;
  for (const dns::Ds& ds : set) text += (text.empty() ? "" : separator.data()) + ds.text();
  return text;
}

Result<dns::DsSet> parse_ds(std::string_view text) {
  std::vector<dns::Ds> records;
  while (text != nothing && !text.empty()) {
    auto ds = dns::Ds::parse(take_until(text, separator));
    if (!ds) return pass_on(std::move(ds));
    records.push_back(*std::move(ds));
  }
  return dns::make_ds_set(std::move(records));
}

std::string name_servers_text(const std::vector<NameServer>& servers) {
  std::string text;
  for (const NameServer& server : servers) {
    text += (text.empty() ? name_servers_mark : separator);
    text += server.host.text();
    for (const IpAddress& address : server.glue) text += " " + address.text();
  }
  return text;
}

Result<NameServer> parse_name_server(std::string_view text) {
  auto host = dns::Name::parse(take_until(text, " "));
  if (!host) return pass_on(std::move(host));
  NameServer server{*std::move(host), {}};
  while (!text.empty()) {
    auto address = IpAddress::parse(take_until(text, " "));
    if (!address) return pass_on(std::move(address));
    server.glue.push_back(*std::move(address));
  }
  return server;
}

Result<std::vector<NameServer>> parse_name_servers(std::string_view text) {
  std::vector<NameServer> servers;
  while (!text.empty()) {
    auto server = parse_name_server(take_until(text, separator));
    if (!server) return pass_on(std::move(server));
    servers.push_back(*std::move(server));
  }
  return servers;
}

Result<void> read_ahead(std::string_view line, DelegationFile& contents) {
  line.remove_prefix(ahead_mark.size());
  if (line.find(says_mark) == std::string_view::npos) return fail("a comment is damaged");
  auto child = dns::Name::parse(take_until(line, says_mark));
  if (!child) return pass_on(std::move(child));
  if (line.starts_with(name_servers_mark)) {
    auto said = parse_name_servers(line.substr(name_servers_mark.size()));
    if (!said) return pass_on(std::move(said));
    contents.name_servers_ahead.emplace(*std::move(child), *std::move(said));
    return {};
  }
  auto said = parse_ds(line);
  if (!said) return pass_on(std::move(said));
  contents.ds_ahead.emplace(*std::move(child), *std::move(said));
  return {};
}

Result<void> read_registration(std::string_view line, DelegationFile& contents) {
  line.remove_prefix(registered_mark.size());
  auto roid = from_hex(take_until(line, " "));
  if (!roid) return pass_on(std::move(roid));
  auto child = dns::Name::parse(line);
  if (!child) return pass_on(std::move(child));
  contents.registrations_ahead.emplace(*std::move(child), std::string(roid->begin(), roid->end()));
  return {};
}

// The comments, which carry what the records do not.
Result<void> read_comments(const std::filesystem::path& path, const dns::Name& zone,
                           ZoneFileContent content, DelegationFile& contents) {
  std::ifstream file(path);
  std::string line;
  std::size_t number = 1;
  if (!std::getline(file, line) || line != first_line(zone, content)) {
    const bool is_ds = content == ZoneFileContent::ds;
    return fail(fmt::format("this is not a file of {} of {} that dskeeper wrote",
                            is_ds ? "DS records" : "delegations", zone.text()),
                path.string(), remedy);
  }
  std::string last;
  while (std::getline(file, line)) {
    ++number;
    last = line;
    if (line.starts_with(revision_mark)) contents.revision = line.substr(revision_mark.size());
    Result<void> read;
    if (line.starts_with(ahead_mark)) read = read_ahead(line, contents);
    if (line.starts_with(registered_mark)) read = read_registration(line, contents);
    if (!read) {
      return fail(read.error().what, fmt::format("{}:{}", path.string(), number), remedy);
    }
  }
  if (last == end_line && !contents.revision.empty()) return {};
  return fail("the file is not whole", path.string(), remedy);
}

Result<void> read_records(const std::filesystem::path& path, ZoneFileContent content,
                          DelegationFile& contents) {
  auto reader = dns::ZoneFileReader::open(path, contents.delegations.zone());
  if (!reader) return pass_on(std::move(reader));
  DelegationFileIntake intake(content, contents);
  while (true) {
    auto record = reader->next();
    if (!record) return pass_on(std::move(record));
    auto taken = *record ? intake.add(**record) : intake.finish();
    if (!taken) return fail(taken.error().what, reader->where(), remedy);
    if (!*record) return {};
  }
}

std::string glue_lines(const std::vector<NameServer>& servers, dns::Ttl ttl) {
  std::string text;
  for (const NameServer& server : servers) {
    for (const IpAddress& address : server.glue) {
      text += fmt::format("{} {} IN {} {}\n", server.host.text(), ttl.seconds,
                          address.is_v4() ? "A" : "AAAA", address.text());
    }
  }
  return text;
}

// All lines of one child.
std::string lines_of(const Delegation& delegation, const DelegationFile& contents) {
  const std::string child = delegation.child.text();
  const dns::Ttl ttl = contents.name_server_ttl;
  std::string text;
  for (const NameServer& server : delegation.name_servers) {
    text += fmt::format("{} {} IN NS {}\n", child, ttl.seconds, server.host.text());
  }
  for (const dns::Ds& ds : delegation.ds) {
    text += fmt::format("{} {} IN DS {}\n", child, delegation.ds_ttl.seconds, ds.text());
  }
  text += glue_lines(delegation.name_servers, ttl);
  if (const auto lent = contents.lent.find(delegation.child); lent != contents.lent.end()) {
    text += glue_lines(lent->second, ttl);
  }
  return text;
}

std::string head_of(ZoneFileContent content, const DelegationFile& contents) {
  std::string text = fmt::format("{}\n{}{}\n", first_line(contents.delegations.zone(), content),
                                 revision_mark, contents.revision);
  const auto add = [&text](const dns::Name& child, const std::string& said) {
    text += fmt::format("{}{}{}{}\n", ahead_mark, child.text(), says_mark, said);
  };
  for (const auto& [child, roid] : contents.registrations_ahead) {
    text += fmt::format("{}{} {}\n", registered_mark, to_hex(as_bytes(roid)), child.text());
  }
  for (const auto& [child, said] : contents.ds_ahead) add(child, ds_text(said));
  for (const auto& [child, said] : contents.name_servers_ahead) add(child, name_servers_text(said));
  return text;
}

}  // namespace

std::optional<Delegation> DelegationFile::find(const dns::Name& child) const {
  const auto index = delegations.index_of(child);
  return index ? std::optional(delegations.at(*index)) : std::nullopt;
}

bool DelegationFile::operator==(const DelegationFile& other) const {
  if (revision != other.revision || lent != other.lent || ds_ahead != other.ds_ahead ||
      name_servers_ahead != other.name_servers_ahead ||
      registrations_ahead != other.registrations_ahead ||
      name_server_ttl != other.name_server_ttl || delegations.size() != other.delegations.size()) {
    return false;
  }
  for (std::size_t i = 0; i < delegations.size(); ++i) {
    if (delegations.at(i) != other.delegations.at(i)) return false;
  }
  return true;
}

Result<std::optional<DelegationFile>> read_delegation_file(const std::filesystem::path& path,
                                                           const dns::Name& zone,
                                                           ZoneFileContent content) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return std::optional<DelegationFile>();
  }
  DelegationFile contents(zone);
  if (auto read = read_comments(path, zone, content, contents); !read) {
    return pass_on(std::move(read));
  }
  if (auto read = read_records(path, content, contents); !read) return pass_on(std::move(read));
  return std::optional<DelegationFile>(std::move(contents));
}

Result<void> write_delegation_file(const std::filesystem::path& path, ZoneFileContent content,
                                   const DelegationFile& contents) {
  auto file = AtomicFile::create(path);
  if (!file) return pass_on(std::move(file));
  if (auto done = file->write(head_of(content, contents)); !done) return done;
  for (std::size_t i = 0; i < contents.delegations.size(); ++i) {
    auto done = file->write(lines_of(contents.delegations.at(i), contents));
    if (!done) return done;
  }
  if (auto done = file->write(fmt::format("{}\n", end_line)); !done) return done;
  return file->commit();
}

}  // namespace dskeeper::parent
