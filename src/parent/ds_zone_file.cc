#include "parent/ds_zone_file.h"

#include <fmt/core.h>

#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "dns/zone_file.h"
#include "parent/atomic_file.h"

namespace dskeeper::parent {
namespace {

constexpr std::string_view revision_mark = "; revision ";
constexpr std::string_view ahead_mark = "; ahead of the source ";
constexpr std::string_view says_mark = " says ";
constexpr std::string_view nothing = "[nothing]";
constexpr std::string_view end_line = "; end";
constexpr std::string_view separator = "; ";
constexpr const char* remedy =
    "Move it away: dskeeper then writes what the source says, without the changes that the source "
    "does not show yet.";

std::string first_line(const dns::Name& zone) {
  return fmt::format(
      "; DS records of {}, written by dskeeper, which reads them again: do not edit.", zone.text());
}

std::string set_text(const dns::DsSet& set) {
  if (set.empty()) return std::string(nothing);
  std::string text;
  for (const dns::Ds& ds : set) text += (text.empty() ? "" : separator.data()) + ds.text();
  return text;
}

Result<dns::DsSet> parse_set(std::string_view text) {
  std::vector<dns::Ds> records;
  while (text != nothing && !text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    auto ds = dns::Ds::parse(text.substr(0, end));
    if (!ds) return pass_on(std::move(ds));
    records.push_back(*std::move(ds));
    text.remove_prefix(std::min(end + separator.size(), text.size()));
  }
  return dns::make_ds_set(std::move(records));
}

Result<void> read_ahead(std::string_view line, DsZoneFile& contents) {
  line.remove_prefix(ahead_mark.size());
  const std::size_t says = line.find(says_mark);
  if (says == std::string_view::npos) return fail("a comment is damaged");
  auto child = dns::Name::parse(line.substr(0, says));
  if (!child) return pass_on(std::move(child));
  auto said = parse_set(line.substr(says + says_mark.size()));
  if (!said) return pass_on(std::move(said));
  contents.ahead.emplace(*std::move(child), *std::move(said));
  return {};
}

// The comments, which carry what the records do not.
Result<void> read_comments(const std::filesystem::path& path, const dns::Name& zone,
                           DsZoneFile& contents) {
  std::ifstream file(path);
  std::string line;
  std::size_t number = 1;
  if (!std::getline(file, line) || line != first_line(zone)) {
    return fail(
        fmt::format("this is not a file of DS records of {} that dskeeper wrote", zone.text()),
        path.string(), remedy);
  }
  std::string last;
  while (std::getline(file, line)) {
    ++number;
    last = line;
    if (line.starts_with(revision_mark)) contents.revision = line.substr(revision_mark.size());
    if (!line.starts_with(ahead_mark)) continue;
    if (auto read = read_ahead(line, contents); !read) {
      return fail(read.error().what, fmt::format("{}:{}", path.string(), number), remedy);
    }
  }
  if (last == end_line && !contents.revision.empty()) return {};
  return fail("the file is not whole", path.string(), remedy);
}

Result<void> read_records(const std::filesystem::path& path, const dns::Name& zone,
                          DsZoneFile& contents) {
  auto reader = dns::ZoneFileReader::open(path, zone);
  if (!reader) return pass_on(std::move(reader));
  while (true) {
    auto record = reader->next();
    if (!record) return pass_on(std::move(record));
    if (!*record) break;
    auto ds = (*record)->type == dns::RecordType::ds && (*record)->owner.is_below(zone)
                  ? dns::Ds::from_rdata((*record)->rdata)
                  : fail("a record is no DS record of a child");
    if (!ds) return fail(ds.error().what, reader->where(), remedy);
    TimedDsSet& set = contents.sets[(*record)->owner];
    set.ttl = (*record)->ttl;
    set.ds.push_back(*std::move(ds));
  }
  for (auto& [child, set] : contents.sets) set.ds = dns::make_ds_set(std::move(set.ds));
  return {};
}

}  // namespace

Result<std::optional<DsZoneFile>> read_ds_zone_file(const std::filesystem::path& path,
                                                    const dns::Name& zone) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return std::optional<DsZoneFile>();
  DsZoneFile contents;
  if (auto read = read_comments(path, zone, contents); !read) return pass_on(std::move(read));
  if (auto read = read_records(path, zone, contents); !read) return pass_on(std::move(read));
  return std::optional<DsZoneFile>(std::move(contents));
}

Result<void> write_ds_zone_file(const std::filesystem::path& path, const dns::Name& zone,
                                const DsZoneFile& contents) {
  auto file = AtomicFile::create(path);
  if (!file) return pass_on(std::move(file));
  if (auto done = file->write(
          fmt::format("{}\n{}{}\n", first_line(zone), revision_mark, contents.revision));
      !done) {
    return done;
  }
  for (const auto& [child, said] : contents.ahead) {
    auto done =
        file->write(fmt::format("{}{}{}{}\n", ahead_mark, child.text(), says_mark, set_text(said)));
    if (!done) return done;
  }
  for (const auto& [child, set] : contents.sets) {
    for (const dns::Ds& ds : set.ds) {
      auto done =
          file->write(fmt::format("{} {} IN DS {}\n", child.text(), set.ttl.seconds, ds.text()));
      if (!done) return done;
    }
  }
  if (auto done = file->write(fmt::format("{}\n", end_line)); !done) return done;
  return file->commit();
}

}  // namespace dskeeper::parent
