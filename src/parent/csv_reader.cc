#include "parent/csv_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

namespace dskeeper::parent {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

constexpr std::size_t piece_octets = 1U << 20U;
// A row and what is looked at behind it.
constexpr std::size_t octets_ahead = csv_row_octets_max + 16;

Result<std::uintmax_t> size_of(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);  // fails on folders
  if (error) {
    return fail(fmt::format("the file cannot be read: {}", error.message()), path.string(),
                "Check the path, and that dskeeper's user may read it.");
  }
  if (size > csv_file_octets_max) {
    return fail(fmt::format("the file is larger than {} octets", csv_file_octets_max),
                path.string());
  }
  return size;
}

tl::unexpected<Error> unreadable(const std::string& path) {
  return fail("the file cannot be read, or changed while it was read", path,
              "Check that dskeeper's user may read it; write it elsewhere and rename it.");
}

}  // namespace

struct CsvReader::File {
  std::ifstream stream;
  std::uintmax_t octets_left = 0;  // of what there was when it was opened
  bool is_read = false;            // to its end
  std::string piece;
};

Result<CsvReader> CsvReader::open(const std::filesystem::path& path) {
  const auto size = size_of(path);
  if (!size) return tl::unexpected(size.error());
  CsvReader reader(std::string_view(), path.string());
  reader.file_ = std::make_shared<File>();
  reader.file_->stream.open(path, std::ios::binary);
  reader.file_->octets_left = *size;
  if (auto filled = reader.refill(); !filled) return pass_on(std::move(filled));
  if (reader.text_.starts_with(byte_order_mark)) reader.position_ = byte_order_mark.size();
  return reader;
}

Result<void> CsvReader::refill() {
  if (file_ == nullptr || file_->is_read || text_.size() - position_ >= octets_ahead) return {};
  File& file = *file_;
  file.piece.erase(0, position_);
  position_ = 0;
  const std::size_t kept = file.piece.size();
  const auto more =
      static_cast<std::size_t>(std::min<std::uintmax_t>(file.octets_left, piece_octets));
  file.piece.resize(kept + more);
  file.stream.read(file.piece.data() + kept, static_cast<std::streamsize>(more));
  file.octets_left -= more;
  text_ = file.piece;
  file.is_read = file.octets_left == 0;
  const bool is_whole =
      file.stream && (!file.is_read || file.stream.peek() == std::ifstream::traits_type::eof());
  if (!is_whole) return unreadable(path_);
  return {};
}

CsvReader::CsvReader(std::string_view text, std::string path)
    : text_(text), path_(std::move(path)) {
  if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
}

Result<std::optional<CsvRow>> CsvReader::next() {
  while (true) {
    if (auto filled = refill(); !filled) return pass_on(std::move(filled));
    if (position_ >= text_.size() || !is_at_line_end()) break;
    skip_line_end();
  }
  if (position_ >= text_.size()) return std::optional<CsvRow>();
  auto row = read_row();
  if (!row) return pass_on(std::move(row));
  return std::optional<CsvRow>(*std::move(row));
}

Result<CsvRow> CsvReader::read_row() {
  CsvRow row;
  row.line = line_;
  row_start_ = position_;
  while (true) {
    const bool is_quoted = position_ < text_.size() && text_[position_] == '"';
    auto cell = is_quoted ? read_quoted_cell() : read_cell();
    if (!cell) return pass_on(std::move(cell));
    if (row.cells.size() == csv_cells_max) {
      return failure(fmt::format("a row has more than {} cells", csv_cells_max));
    }
    row.cells.push_back(*std::move(cell));
    if (position_ >= text_.size()) return row;
    if (is_at_line_end()) {
      skip_line_end();
      return row;
    }
    if (text_[position_] != ',') {
      return failure("a comma is missing after the closing quote",
                     "Write a quote inside a quoted cell twice.");
    }
    ++position_;
  }
}

Result<std::string> CsvReader::read_cell() {
  const std::size_t start = position_;
  while (position_ < text_.size() && text_[position_] != ',' && !is_at_line_end()) {
    const char c = text_[position_];
    if (c == '"') return failure("a quote stands inside a cell", "Quote the whole cell.");
    if (c == '\r' || c == '\0') return failure("a control character stands inside a cell");
    if (++position_ - row_start_ > csv_row_octets_max) {
      return failure(fmt::format("a row is longer than {} octets", csv_row_octets_max));
    }
  }
  return std::string(text_.substr(start, position_ - start));
}

Result<std::string> CsvReader::read_quoted_cell() {
  const std::size_t quoted_from = line_;
  std::string cell;
  for (++position_; position_ < text_.size(); ++position_) {
    if (position_ - row_start_ > csv_row_octets_max) {
      line_ = quoted_from;
      return failure(fmt::format("a row is longer than {} octets", csv_row_octets_max),
                     "Is a closing quote missing?");
    }
    const char c = text_[position_];
    if (c == '"') {
      if (position_ + 1 >= text_.size() || text_[position_ + 1] != '"') {
        ++position_;
        return cell;
      }
      ++position_;  // RFC 4180 §2.7: a quote is written twice
    }
    if (c == '\n') ++line_;
    if (c == '\0') return failure("a control character stands inside a cell");
    cell += c;
  }
  line_ = quoted_from;
  return failure("a quoted cell does not end");
}

bool CsvReader::is_at_line_end() const {
  const std::string_view rest = text_.substr(position_, 2);
  return rest.starts_with('\n') || rest == "\r\n";
}

void CsvReader::skip_line_end() {
  position_ += text_[position_] == '\n' ? 1 : 2;
  ++line_;
}

tl::unexpected<Error> CsvReader::failure(std::string what, std::string remedy) const {
  return fail(std::move(what), fmt::format("{}:{}", path_, line_), std::move(remedy));
}

Result<std::string> read_text_file(const std::filesystem::path& path) {
  const auto size = size_of(path);
  if (!size) return tl::unexpected(size.error());
  std::string text(*size, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  const bool is_whole = file && file.peek() == std::ifstream::traits_type::eof();
  if (!is_whole) return unreadable(path.string());
  return text;
}

}  // namespace dskeeper::parent
