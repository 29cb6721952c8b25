// A text file read in large pieces, octet by octet or, where that suffices, line by line. Internal
// to src/dns.
#pragma once

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace dskeeper::dns {

class TextFile {
 public:
  // Only regular files: a folder reads as empty, a device or a pipe may never end. Passes over what
  // some editors put in front of UTF-8.
  [[nodiscard]] static Result<TextFile> open(const std::filesystem::path& path);

  // The next octet; EOF at the end, and where reading fails.
  [[nodiscard]] int next() {
    if (at_ == piece_.size() && !refill()) return EOF;
    return static_cast<unsigned char>(piece_[at_++]);
  }
  [[nodiscard]] bool has_failed() const { return std::ferror(file_.get()) != 0; }

  // The next line, without its newline, if nothing in it has a meaning beyond itself: no quotes,
  // escapes, comments, parentheses, returns or zeros. False, and nothing is taken, where that is
  // not so, or not known since the line goes over the end of the piece.
  [[nodiscard]] bool take_plain_line(std::string& line);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit TextFile(std::FILE* file) : file_(file) {}
  bool refill();

  std::unique_ptr<std::FILE, Close> file_;
  std::string piece_;
  std::size_t at_ = 0;
};

}  // namespace dskeeper::dns
