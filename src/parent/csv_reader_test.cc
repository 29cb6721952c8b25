#include "parent/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "parent/test_support.h"

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

// Rows of many lengths, so that the pieces of the file end everywhere in them.
TEST(CsvReader, AFileGivesTheSameRowsAsItsText) {
  std::string text = "\xEF\xBB\xBFname,note\n";
  for (std::size_t i = 0; text.size() < 5'000'000; ++i) {
    text += "kid" + std::to_string(i) + ",\"" + std::string(i * 7919 % 60'000, 'x') + "\n\"\r\n";
    text += std::string(i % 3, '\n');
  }
  const TestFolder folder;
  auto reader = CsvReader::open(folder.write("x.csv", text)).value();
  CsvReader expected(text, "x.csv");
  while (true) {
    const auto row = reader.next().value();
    const auto wanted = expected.next().value();
    ASSERT_EQ(row.has_value(), wanted.has_value());
    if (!row) break;
    ASSERT_EQ(row->line, wanted->line);
    ASSERT_EQ(row->cells, wanted->cells);
  }
}

// Rows that are missing would be opt-outs that are lost.
TEST(CsvReader, AFileThatIsCutOffOrGrowsWhileItIsReadIsAFault) {
  std::string text;
  while (text.size() < 3'000'000) text += "kid.example.,true\n";
  for (const bool grows : {false, true}) {
    const TestFolder folder;
    const auto path = folder.write("x.csv", text);
    auto reader = CsvReader::open(path).value();
    std::filesystem::resize_file(path, grows ? text.size() + 18 : 1'500'000);
    Result<std::optional<CsvRow>> row = reader.next();
    while (row && *row) row = reader.next();
    ASSERT_FALSE(row);
    EXPECT_THAT(row.error().what, testing::HasSubstr("changed while it was read"));
  }
}

TEST(CsvReader, AnEmptyOrMissingFile) {
  const TestFolder folder;
  EXPECT_FALSE(CsvReader::open(folder.write("x.csv", "")).value().next().value());
  EXPECT_FALSE(CsvReader::open(folder.path() / "none.csv"));
  EXPECT_FALSE(CsvReader::open(folder.path())) << "a folder";
}

}  // namespace
}  // namespace dskeeper::parent
