#include "parent/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dskeeper::parent {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Result<Rows> read_all(std::string_view text) {
  CsvReader reader(text, "x.csv");
  Rows rows;
  while (true) {
    auto row = reader.next();
    if (!row) return pass_on(std::move(row));
    if (!*row) return rows;
    rows.push_back((*row)->cells);
  }
}

TEST(Rfc4180, S2_RowsAndCells) {
  const struct {
    std::string_view text;
    Rows rows;
  } cases[] = {
      {"", {}},
      {"a,b\nc,d\n", {{"a", "b"}, {"c", "d"}}},
      {"a,b\r\nc,d", {{"a", "b"}, {"c", "d"}}},
      {"a,\n,b\n", {{"a", ""}, {"", "b"}}},
      {"a,", {{"a", ""}}},
      {"\"a,b\",\"say \"\"no\"\"\"\n", {{"a,b", "say \"no\""}}},
      {"\"two\nlines\",x\n", {{"two\nlines", "x"}}},
      {"\"\",x\n", {{"", "x"}}},
      {"\xEF\xBB\xBFname\n\n\r\nkid\n", {{"name"}, {"kid"}}},
  };
  for (const auto& [text, rows] : cases) EXPECT_EQ(read_all(text).value(), rows) << text;
}

TEST(CsvReader, NamesTheLineOfAFault) {
  const struct {
    std::string text;
    const char* error;
  } cases[] = {
      {"a\nb\"c\n", "x.csv:2: a quote stands inside a cell"},
      {"a\n\"b\"c\n", "x.csv:2: a comma is missing"},
      {"a\nb\n\"c\n\n\n", "x.csv:3: a quoted cell does not end"},
      {"a\rb\n", "x.csv:1: a control character"},
      {std::string("a\n\0b\n", 5), "x.csv:2: a control character"},
      {std::string(csv_row_octets_max + 1, 'a'), "x.csv:1: a row is longer than"},
      {"\"" + std::string(csv_row_octets_max + 1, '\n'), "x.csv:1: a row is longer than"},
      {std::string(csv_cells_max, ','), "x.csv:1: a row has more than 64 cells"},
  };
  for (const auto& [text, error] : cases) {
    const auto rows = read_all(text);
    ASSERT_FALSE(rows) << error;
    EXPECT_THAT(rows.error().text(), testing::StartsWith(error));
  }
}

}  // namespace
}  // namespace dskeeper::parent
