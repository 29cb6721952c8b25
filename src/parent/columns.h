// The columns of `list` and `facts` files, each described once; and a table that reads their rows.
//
// `list` (a source) has `name`, `ns`, `glue`, `ds` and those of `facts`; `facts` has `name` and
// what a registration says. The header names the columns, in any order; all but `name` (and `ns`
// and `ds` in a list) may be left out. An empty cell means unknown, of `ds` and `statuses` that
// there are none. Several values in one cell:
//   ns        hosts, separated by spaces             ns1.op.example. ns2.op.example.
//   glue      host and address, separated by `;`     ns1.kid.example. 192.0.2.1; ns1.kid.example. …
//   ds        records, separated by `;`              2371 13 2 C1F9…; 2371 13 4 0A…
//   statuses  words, separated by `;`                clientHold; serverUpdateProhibited
//   created   2026-11-24T03:00:00Z
//   no-ds, no-ns, bootstrap   true or false
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/delegation.h"
#include "parent/csv_reader.h"

namespace dskeeper::parent {

enum class TableKind : std::uint8_t {
  list,
  list_with_glue,  // that must say which glue there is, since a zone is made of it
  facts,
};

struct Column;  // name and how a cell is read; the table of them is in columns.cc

// A `list` or `facts` file, row by row. Every fault names file, line and column.
class Table {
 public:
  // Reads the header: an unknown column is a fault that names the nearest right one.
  [[nodiscard]] static Result<Table> open(CsvReader reader, const std::string& path, TableKind kind,
                                          const dns::Name& zone);

  // Goes to the next row and gives its child, or nothing at the end. Fails where the name is not
  // below the zone.
  [[nodiscard]] Result<std::optional<dns::Name>> next();
  // Writes what the row says into the delegation. Empty cells say nothing, but for `statuses`,
  // where they say that there are none.
  [[nodiscard]] Result<void> apply(Delegation& delegation) const;
  // "facts.csv:12"
  [[nodiscard]] std::string where() const;

 private:
  Table(CsvReader reader, std::string path, const dns::Name& zone)
      : reader_(std::move(reader)), path_(std::move(path)), zone_(zone) {}
  [[nodiscard]] Result<void> read_header(TableKind kind);
  [[nodiscard]] tl::unexpected<Error> fault(const Column& column, const Error& error) const;

  CsvReader reader_;
  std::string path_;
  dns::Name zone_;
  std::vector<const Column*> columns_;
  std::size_t name_column_ = 0;
  CsvRow row_;
};

}  // namespace dskeeper::parent
