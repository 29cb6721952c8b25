#include "parent/columns.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "parent/owner_records.h"

namespace dskeeper::parent {

struct Column {
  std::string_view name;
  bool is_of_facts;  // else of lists alone
  Result<void> (*read)(std::string_view cell, Delegation& into);
  bool is_none_where_empty = false;  // else an empty cell says nothing
};

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (const std::string_view part = trim(text.substr(0, end)); !part.empty()) {
      parts.push_back(part);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Result<dns::Name> read_host(std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (!std::all_of(text.begin(), text.end(), is_ascii)) {
    return fail(fmt::format("\"{}\" is not written in ASCII", text), {},
                "Write internationalised names as A-labels: xn--….");
  }
  return dns::Name::parse(text);
}

Result<void> check_size(std::size_t size) {
  if (size <= records_of_set_max) return {};
  return fail(fmt::format("there are more than {} values", records_of_set_max));
}

Result<void> read_name(std::string_view, Delegation&) {
  return {};  // Table::next has read it
}

Result<void> read_ns(std::string_view cell, Delegation& into) {
  std::vector<NameServer> servers;
  for (const std::string_view part : split(cell, blanks)) {
    auto host = read_host(part);
    if (!host) return pass_on(std::move(host));
    const auto is_same = [&](const NameServer& server) { return server.host == *host; };
    if (std::any_of(servers.begin(), servers.end(), is_same)) continue;
    servers.push_back({*std::move(host), {}});
  }
  std::sort(servers.begin(), servers.end(),
            [](const NameServer& a, const NameServer& b) { return a.host < b.host; });
  into.name_servers = std::move(servers);
  return check_size(into.name_servers.size());
}

Result<void> read_glue(std::string_view cell, Delegation& into) {
  for (const std::string_view part : split(cell, ";")) {
    const std::vector<std::string_view> words = split(part, blanks);
    if (words.size() != 2) {
      return fail(fmt::format("\"{}\" is not a host and an address", part), {},
                  "Write: ns1.kid.example. 192.0.2.1; ns2.kid.example. 2001:db8::2");
    }
    auto host = read_host(words[0]);
    if (!host) return pass_on(std::move(host));
    auto address = IpAddress::parse(words[1]);
    if (!address) return pass_on(std::move(address));
    const auto server =
        std::find_if(into.name_servers.begin(), into.name_servers.end(),
                     [&](const NameServer& candidate) { return candidate.host == *host; });
    if (server == into.name_servers.end()) {
      return fail(fmt::format("{} is not among the hosts of the column \"ns\"", host->text()));
    }
    const auto place = std::lower_bound(server->glue.begin(), server->glue.end(), *address);
    if (place == server->glue.end() || *place != *address) server->glue.insert(place, *address);
    if (auto checked = check_size(server->glue.size()); !checked) return checked;
  }
  return {};
}

Result<void> read_ds(std::string_view cell, Delegation& into) {
  std::vector<dns::Ds> set;
  for (const std::string_view part : split(cell, ";")) {
    auto ds = dns::Ds::parse(part);
    if (!ds) return pass_on(std::move(ds));
    const auto octets = dns::digest_octets(ds->digest_type);
    if (octets && ds->digest.size() != *octets) {
      return fail(fmt::format("a digest of type {} has {} octets, this one {}",
                              static_cast<unsigned>(ds->digest_type), *octets, ds->digest.size()));
    }
    if (ds->algorithm == dns::Algorithm::none) return fail("algorithm 0 names no key");
    set.push_back(*std::move(ds));
  }
  into.ds = dns::make_ds_set(std::move(set));
  return check_size(into.ds.size());
}

Result<void> read_roid(std::string_view cell, Delegation& into) {
  into.registration.roid = cell;
  return {};
}

Result<void> read_sponsor(std::string_view cell, Delegation& into) {
  into.registration.sponsor = cell;
  return {};
}

Result<void> read_created(std::string_view cell, Delegation& into) {
  auto time = parse_time(cell);
  if (!time) return pass_on(std::move(time));
  into.registration.created = *time;
  return {};
}

Result<void> read_statuses(std::string_view cell, Delegation& into) {
  std::vector<std::string> statuses;
  for (const std::string_view part : split(cell, ";")) statuses.emplace_back(part);
  std::sort(statuses.begin(), statuses.end());
  statuses.erase(std::unique(statuses.begin(), statuses.end()), statuses.end());
  const std::size_t count = statuses.size();
  into.registration.statuses = std::move(statuses);
  return check_size(count);
}

Result<bool> read_bool(std::string_view cell) {
  if (cell == "true") return true;
  if (cell == "false") return false;
  return fail(fmt::format("\"{}\" is neither true nor false", cell));
}

Result<void> read_no_ds(std::string_view cell, Delegation& into) {
  auto value = read_bool(cell);
  if (!value) return pass_on(std::move(value));
  into.registration.no_ds = *value;
  return {};
}

Result<void> read_no_ns(std::string_view cell, Delegation& into) {
  auto value = read_bool(cell);
  if (!value) return pass_on(std::move(value));
  into.registration.no_ns = *value;
  return {};
}

Result<void> read_bootstrap(std::string_view cell, Delegation& into) {
  auto value = read_bool(cell);
  if (!value) return pass_on(std::move(value));
  into.registration.bootstrap = *value;
  return {};
}

constexpr std::array<Column, 11> known_columns = {{
    {"name", true, read_name},
    {"ns", false, read_ns},
    {"glue", false, read_glue},
    {"ds", false, read_ds},
    {"roid", true, read_roid},
    {"sponsor", true, read_sponsor},
    {"created", true, read_created},
    {"statuses", true, read_statuses, true},
    {"no-ds", true, read_no_ds},
    {"no-ns", true, read_no_ns},
    {"bootstrap", true, read_bootstrap},
}};

// Levenshtein's distance, one row of the table at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

std::vector<const Column*> columns_of(TableKind kind) {
  std::vector<const Column*> columns;
  for (const Column& column : known_columns) {
    if (kind != TableKind::facts || column.is_of_facts) columns.push_back(&column);
  }
  return columns;
}

Result<const Column*> find_column(std::string_view name, TableKind kind) {
  const std::vector<const Column*> columns = columns_of(kind);
  const auto nearer = [&](const Column* a, const Column* b) {
    return distance(name, a->name) < distance(name, b->name);
  };
  const Column* nearest = *std::min_element(columns.begin(), columns.end(), nearer);
  if (nearest->name == name) return nearest;
  return fail(fmt::format("the column \"{}\" is unknown", name), {},
              fmt::format("The nearest known one is \"{}\".", nearest->name));
}

}  // namespace

Result<Table> Table::open(CsvReader reader, const std::string& path, TableKind kind,
                          const dns::Name& zone) {
  Table table(std::move(reader), path, zone);
  if (auto read = table.read_header(kind); !read) return pass_on(std::move(read));
  return table;
}

Result<void> Table::read_header(TableKind kind) {
  auto header = reader_.next();
  if (!header) return pass_on(std::move(header));
  if (!*header) return fail("the header is missing", path_ + ":1", "Begin with: name,…");
  row_ = **std::move(header);
  for (const std::string& cell : row_.cells) {
    auto column = find_column(trim(cell), kind);
    if (!column) return fail(column.error().what, where(), column.error().remedy);
    if (std::find(columns_.begin(), columns_.end(), *column) != columns_.end()) {
      return fail(fmt::format("the column \"{}\" stands twice", (*column)->name), where());
    }
    columns_.push_back(*column);
  }
  std::vector<std::string_view> required = {"name"};
  // Without the DS every child would look unsigned.
  if (kind != TableKind::facts) required.insert(required.end(), {"ns", "ds"});
  if (kind == TableKind::list_with_glue) required.emplace_back("glue");
  for (const std::string_view name : required) {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const Column* column) { return column->name == name; });
    if (found == columns_.end()) {
      return fail(fmt::format("the column \"{}\" is missing", name), where());
    }
    if (name == "name") name_column_ = static_cast<std::size_t>(found - columns_.begin());
  }
  return {};
}

Result<std::optional<dns::Name>> Table::next() {
  auto row = reader_.next();
  if (!row) return pass_on(std::move(row));
  if (!*row) return std::optional<dns::Name>();
  row_ = **std::move(row);
  if (row_.cells.size() != columns_.size()) {
    return fail(
        fmt::format("the row has {} cells, the header {}", row_.cells.size(), columns_.size()),
        where());
  }
  const Column& column = *columns_[name_column_];
  auto name = read_host(trim(row_.cells[name_column_]));
  if (!name) return fault(column, name.error());
  if (!name->is_below(zone_)) {
    return fault(column,
                 Error{fmt::format("{} is not below {}", name->text(), zone_.text()), {}, {}});
  }
  return std::optional<dns::Name>(*std::move(name));
}

// In the order of known_columns, since glue is checked against ns.
Result<void> Table::apply(Delegation& delegation) const {
  for (const Column& column : known_columns) {
    const auto found = std::find(columns_.begin(), columns_.end(), &column);
    if (found == columns_.end()) continue;
    const auto index = static_cast<std::size_t>(found - columns_.begin());
    const std::string_view cell = trim(row_.cells[index]);
    if (cell.empty() && !column.is_none_where_empty) continue;
    if (auto read = column.read(cell, delegation); !read) return fault(column, read.error());
  }
  return {};
}

std::string Table::where() const {
  return fmt::format("{}:{}", path_, row_.line);
}

tl::unexpected<Error> Table::fault(const Column& column, const Error& error) const {
  return fail(fmt::format("column \"{}\": {}", column.name, error.what), where(), error.remedy);
}

}  // namespace dskeeper::parent
