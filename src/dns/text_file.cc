#include "dns/text_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace dskeeper::dns {
namespace {

constexpr std::size_t piece_octets = 1U << 20U;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// By octet: has it a meaning of its own in a zone file (RFC 1035 §5.1), or none that text has?
constexpr std::array<bool, 256> special = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("\"\\;()\r\0", 7))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

// Does not wait for a writer, should it be a pipe.
std::FILE* open_to_read(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return descriptor < 0 ? nullptr : fdopen(descriptor, "r");
}

}  // namespace

Result<TextFile> TextFile::open(const std::filesystem::path& path) {
  TextFile text(open_to_read(path));
  if (!text.file_) {
    return fail(fmt::format("the zone file cannot be opened: {}", std::strerror(errno)),
                path.string(), "Check the path, and that dskeeper's user may read it.");
  }
  struct stat status {};
  if (fstat(fileno(text.file_.get()), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail("the zone file is not a regular file", path.string(), "Name the file itself.");
  }
  std::setvbuf(text.file_.get(), nullptr, _IONBF, 0);
  if (text.refill() && text.piece_.starts_with(byte_order_mark)) text.at_ = byte_order_mark.size();
  return text;
}

bool TextFile::take_plain_line(std::string& line) {
  const std::string_view left = std::string_view(piece_).substr(at_);
  const std::size_t end = left.find('\n');
  if (end == std::string_view::npos) return false;
  const std::string_view candidate = left.substr(0, end);
  const bool is_plain = std::none_of(candidate.begin(), candidate.end(),
                                     [](char c) { return special[static_cast<unsigned char>(c)]; });
  if (!is_plain) return false;
  line.assign(candidate);
  at_ += end + 1;
  return true;
}

bool TextFile::refill() {
  piece_.resize(piece_octets);
  piece_.resize(std::fread(piece_.data(), 1, piece_.size(), file_.get()));
  at_ = 0;
  return !piece_.empty();
}

}  // namespace dskeeper::dns
