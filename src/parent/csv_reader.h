// Comma-separated values as RFC 4180 has them, of lists that people and databases write.
//
// Reads row by row, from a text that is in memory or from a file as a stream; rows and cells are
// bounded. Both line ends are accepted, a byte order mark and empty lines are passed over.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dskeeper::parent {

inline constexpr std::size_t csv_file_octets_max = std::size_t{4} << 30U;
inline constexpr std::size_t csv_row_octets_max = 65536;
inline constexpr std::size_t csv_cells_max = 64;

struct CsvRow {
  std::size_t line = 0;  // where it begins
  std::vector<std::string> cells;
};

class CsvReader {
 public:
  // `text` must outlive the reader; `path` is for errors.
  CsvReader(std::string_view text, std::string path);
  // Of a file, which is never held whole. Where it is cut off meanwhile, that is a fault.
  [[nodiscard]] static Result<CsvReader> open(const std::filesystem::path& path);

  // The next row, or nothing at the end. A fault names file and line; nothing after it may be used.
  [[nodiscard]] Result<std::optional<CsvRow>> next();

 private:
  struct File;
  // Sees to it that a row of the greatest length, and what shows that it is too long, are in text_.
  [[nodiscard]] Result<void> refill();
  [[nodiscard]] Result<CsvRow> read_row();
  [[nodiscard]] Result<std::string> read_cell();
  [[nodiscard]] Result<std::string> read_quoted_cell();
  [[nodiscard]] bool is_at_line_end() const;
  void skip_line_end();
  [[nodiscard]] tl::unexpected<Error> failure(std::string what, std::string remedy = {}) const;

  std::shared_ptr<File> file_;  // null for a text in memory
  std::string_view text_;       // all of it, or a piece of the file
  std::string path_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
  std::size_t row_start_ = 0;
};

// A whole file of at most csv_file_octets_max octets.
[[nodiscard]] Result<std::string> read_text_file(const std::filesystem::path& path);

}  // namespace dskeeper::parent
