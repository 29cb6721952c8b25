// Test support: alters a SQLite store behind its back, as somebody with access to the file could.
#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace dskeeper::store {

// One value of one row.
struct Cell {
  std::string table;
  std::string column;
  std::string where;  // names the row

  [[nodiscard]] std::string text() const { return fmt::format("{}.{} {}", table, column, where); }
};

class Tamper {
 public:
  explicit Tamper(const std::string& path) : database_(path, SQLite::OPEN_READWRITE) {}

  void run(const std::string& sql) { database_.exec(sql); }

  [[nodiscard]] std::vector<Cell> cells(const std::string& table) {
    std::vector<Cell> out;
    const std::vector<std::string> columns = columns_of(table);
    for (const std::string& where : rows_of(table)) {
      for (const std::string& column : columns) out.push_back({table, column, where});
    }
    return out;
  }

  // A WHERE clause for each row.
  [[nodiscard]] std::vector<std::string> rows_of(const std::string& table) {
    const bool has_number = table != "evidence_blobs";
    SQLite::Statement rows(database_, has_number ? "SELECT rowid, 0 FROM " + table
                                                 : "SELECT evidence, blob FROM " + table);
    std::vector<std::string> out;
    while (rows.executeStep()) {
      const std::int64_t first = rows.getColumn(0).getInt64();
      const std::int64_t second = rows.getColumn(1).getInt64();
      out.push_back(has_number ? fmt::format("WHERE rowid = {}", first)
                               : fmt::format("WHERE evidence = {} AND blob = {}", first, second));
    }
    return out;
  }

  // Flips one bit of one octet, or makes the number another one.
  void flip(const Cell& cell, std::mt19937& random) {
    SQLite::Statement read(
        database_, fmt::format("SELECT typeof({0}), CAST({0} AS BLOB) FROM {1} {2}", cell.column,
                               cell.table, cell.where));
    read.executeStep();
    const std::string type = read.getColumn(0).getString();
    std::string octets = read.getColumn(1).getString();
    read.reset();
    const std::string set = fmt::format("UPDATE {} SET {} = ", cell.table, cell.column);
    if (type == "integer" || octets.empty()) {
      const char* other = type == "integer" ? "+ 1000003 " : "|| 'x' ";
      database_.exec(fmt::format("{}{} {}{}", set, cell.column, other, cell.where));
      return;
    }
    char& octet = octets[random() % octets.size()];
    octet = static_cast<char>(static_cast<unsigned char>(octet) ^ (1U << random() % 7));
    SQLite::Statement write(database_, fmt::format("{}CAST(? AS {}) {}", set, type, cell.where));
    write.bind(1, octets.data(), static_cast<int>(octets.size()));
    write.exec();
  }

 private:
  std::vector<std::string> columns_of(const std::string& table) {
    SQLite::Statement columns(database_, "SELECT name FROM pragma_table_info('" + table + "')");
    std::vector<std::string> out;
    while (columns.executeStep()) out.push_back(columns.getColumn(0).getString());
    return out;
  }

  SQLite::Database database_;
};

}  // namespace dskeeper::store
