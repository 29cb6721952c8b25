#include "dns/record_sorter.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <queue>
#include <string>
#include <utility>

#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

constexpr std::size_t reader_octets = 32768;
constexpr std::uint16_t class_in = 1;

// In front of each entry; only this process reads it.
struct EntryHeader {
  std::uint32_t octets = 0;  // of what follows
  std::uint32_t ttl = 0;
};

// What entries are compared by: owner, type, RDATA, made so that the order of octets is the
// canonical one. The owner's labels stand from the right, each ended by a zero, which sorts before
// all else; octets of zero and one within are written as two.
void put_sort_key(Bytes& out, const Name& owner) {
  const std::vector<std::string_view> labels = owner.labels();
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    for (const char c : *label) {
      const auto octet = static_cast<std::uint8_t>(c);
      if (octet > 1) {
        out.push_back(octet);
      } else {
        out.push_back(1);
        out.push_back(static_cast<std::uint8_t>(octet + 1));
      }
    }
    out.push_back(0);
  }
  out.push_back(0);
}

// Takes the owner's wire form off the front of an entry.
Bytes take_owner(ByteView& entry) {
  std::vector<Bytes> labels;
  while (entry[0] != 0) {
    Bytes& label = labels.emplace_back();
    for (; entry[0] != 0; entry = entry.subspan(1)) {
      const bool is_escaped = entry[0] == 1;
      if (is_escaped) entry = entry.subspan(1);
      label.push_back(static_cast<std::uint8_t>(entry[0] - (is_escaped ? 1 : 0)));
    }
    entry = entry.subspan(1);
  }
  entry = entry.subspan(1);
  Bytes wire;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    wire.push_back(static_cast<std::uint8_t>(label->size()));
    put_bytes(wire, *label);
  }
  wire.push_back(0);
  return wire;
}

int compare(ByteView one, ByteView other) {
  const std::size_t common = std::min(one.size(), other.size());
  const int order = common == 0 ? 0 : std::memcmp(one.data(), other.data(), common);
  if (order != 0) return order;
  return one.size() < other.size() ? -1 : one.size() > other.size() ? 1 : 0;
}

struct Entry {
  EntryHeader header;
  ByteView sortable;
};

Entry entry_at(ByteView entries, std::size_t offset) {
  Entry entry;
  std::memcpy(&entry.header, entries.data() + offset, sizeof entry.header);
  entry.sortable = entries.subspan(offset + sizeof entry.header, entry.header.octets);
  return entry;
}

Bytes wire_of(const Entry& entry) {
  ByteView rest = entry.sortable;
  Bytes wire = take_owner(rest);
  put_bytes(wire, rest.first(2));  // the type
  put_u16(wire, class_in);
  put_u32(wire, entry.header.ttl);
  rest = rest.subspan(2);
  put_u16(wire, static_cast<std::uint16_t>(rest.size()));
  put_bytes(wire, rest);
  return wire;
}

std::string folder_for_temporary_files() {
  const char* const named = std::getenv("TMPDIR");
  return named != nullptr && *named != '\0' ? named : "/tmp";
}

tl::unexpected<Error> disk_failure() {
  return fail(fmt::format("the zone cannot be sorted on disk: {}", std::strerror(errno)),
              folder_for_temporary_files(), "Give room there, or name another folder in TMPDIR.");
}

int open_unlinked_file() {
  std::string path = folder_for_temporary_files() + "/dskeeper-XXXXXX";
  const int file = mkostemp(path.data(), O_CLOEXEC);
  if (file >= 0) unlink(path.c_str());
  return file;
}

// Gives each entry but those that were given just before.
class Distinct {
 public:
  explicit Distinct(const RecordSorter::Visitor& visitor) : visitor_(visitor) {}
  void take(const Entry& entry) {
    if (compare(entry.sortable, last_) == 0) return;
    last_.assign(entry.sortable.begin(), entry.sortable.end());
    visitor_(wire_of(entry));
  }

 private:
  const RecordSorter::Visitor& visitor_;
  Bytes last_;
};

}  // namespace

// One run, entry by entry.
class RecordSorter::RunReader {
 public:
  RunReader(int file, Run run) : file_(file), run_(run) {}

  [[nodiscard]] bool is_at_end() const { return run_.begin == run_.end && at_ == buffer_.size(); }
  // After next().
  [[nodiscard]] Entry entry() const { return entry_at(buffer_, at_ - entry_octets_); }

  [[nodiscard]] bool next() {
    if (!fill(sizeof(EntryHeader))) return false;
    EntryHeader header;
    std::memcpy(&header, buffer_.data() + at_, sizeof header);
    entry_octets_ = sizeof header + header.octets;
    if (!fill(entry_octets_)) return false;
    at_ += entry_octets_;
    return true;
  }

 private:
  // So many octets shall be in the buffer behind `at_`.
  bool fill(std::size_t wanted) {
    if (buffer_.size() - at_ >= wanted) return true;
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
    while (buffer_.size() < wanted) {
      const std::uint64_t left = run_.end - run_.begin;
      const std::size_t count =
          std::min<std::uint64_t>(left, std::max(reader_octets, wanted - buffer_.size()));
      const std::size_t had = buffer_.size();
      buffer_.resize(had + count);
      const ssize_t octets =
          pread(file_, buffer_.data() + had, count, static_cast<off_t>(run_.begin));
      buffer_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(0, octets)));
      if (octets < 0 && errno == EINTR) continue;
      if (octets <= 0) return false;
      run_.begin += static_cast<std::uint64_t>(octets);
    }
    return true;
  }

  int file_;
  Run run_;
  Bytes buffer_;
  std::size_t at_ = 0;
  std::size_t entry_octets_ = 0;
};

RecordSorter::RecordSorter(std::size_t run_octets) : run_octets_(run_octets) {}

RecordSorter::RecordSorter(RecordSorter&& other) noexcept
    : run_octets_(other.run_octets_),
      entries_(std::move(other.entries_)),
      offsets_(std::move(other.offsets_)),
      runs_(std::move(other.runs_)),
      file_(std::exchange(other.file_, -1)) {}

RecordSorter::~RecordSorter() {
  if (file_ >= 0) close(file_);
}

Result<void> RecordSorter::add(const Record& record) {
  const std::size_t offset = entries_.size();
  entries_.resize(offset + sizeof(EntryHeader));
  put_sort_key(entries_, record.owner);
  put_u16(entries_, static_cast<std::uint16_t>(record.type));
  put_bytes(entries_, record.rdata);
  const std::size_t octets = entries_.size() - offset - sizeof(EntryHeader);
  const EntryHeader header{static_cast<std::uint32_t>(octets), record.ttl.seconds};
  std::memcpy(entries_.data() + offset, &header, sizeof header);
  offsets_.push_back(offset);
  return entries_.size() < run_octets_ ? Result<void>() : spill();
}

void RecordSorter::sort() {
  std::sort(offsets_.begin(), offsets_.end(), [&](std::size_t one, std::size_t other) {
    return compare(entry_at(entries_, one).sortable, entry_at(entries_, other).sortable) < 0;
  });
}

Result<void> RecordSorter::spill() {
  if (file_ < 0) file_ = open_unlinked_file();
  if (file_ < 0) return disk_failure();
  sort();
  Bytes run;
  run.reserve(entries_.size());
  for (const std::size_t offset : offsets_) {
    const std::size_t octets = sizeof(EntryHeader) + entry_at(entries_, offset).header.octets;
    put_bytes(run, ByteView(entries_).subspan(offset, octets));
  }
  const std::uint64_t begin = runs_.empty() ? 0 : runs_.back().end;
  for (std::size_t done = 0; done < run.size();) {
    const ssize_t written =
        pwrite(file_, run.data() + done, run.size() - done, static_cast<off_t>(begin + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return disk_failure();
    done += static_cast<std::size_t>(written);
  }
  runs_.push_back({begin, begin + run.size()});
  entries_.clear();
  offsets_.clear();
  return {};
}

Result<void> RecordSorter::visit(const Visitor& visitor) {
  if (!runs_.empty()) {
    if (auto spilled = spill(); !spilled) return spilled;
    return merge(visitor);
  }
  sort();
  Distinct distinct(visitor);
  for (const std::size_t offset : offsets_) distinct.take(entry_at(entries_, offset));
  return {};
}

Result<void> RecordSorter::merge(const Visitor& visitor) const {
  std::vector<RunReader> readers;
  readers.reserve(runs_.size());
  const auto is_later = [&](std::size_t one, std::size_t other) {
    return compare(readers[one].entry().sortable, readers[other].entry().sortable) > 0;
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(is_later)> first(is_later);
  for (const Run& run : runs_) {
    RunReader& reader = readers.emplace_back(file_, run);
    if (reader.is_at_end()) continue;  // the last one may be empty
    if (!reader.next()) return disk_failure();
    first.push(readers.size() - 1);
  }
  Distinct distinct(visitor);
  while (!first.empty()) {
    const std::size_t at = first.top();
    first.pop();
    distinct.take(readers[at].entry());
    if (readers[at].is_at_end()) continue;
    if (!readers[at].next()) return disk_failure();
    first.push(at);
  }
  return {};
}

}  // namespace dskeeper::dns
