#include "parent/dsync_endpoints.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "parent/csv_reader.h"

namespace dskeeper::parent {
namespace {

enum Column : std::size_t { name, sponsor, type, target, port, column_count };
constexpr std::array<std::string_view, column_count> column_names = {"name", "sponsor", "type",
                                                                     "target", "port"};

class File {
 public:
  File(CsvReader reader, std::string path, const dns::Name& zone)
      : reader_(std::move(reader)), path_(std::move(path)), zone_(zone) {}

  Result<DsyncEndpoints> read() {
    if (auto header = read_header(); !header) return pass_on(std::move(header));
    while (true) {
      auto row = reader_.next();
      if (!row) return pass_on(std::move(row));
      if (!*row) return std::move(endpoints_);
      if (auto taken = take(**row); !taken) {
        return fail(taken.error().what, fmt::format("{}:{}", path_, (*row)->line),
                    taken.error().remedy);
      }
    }
  }

 private:
  Result<void> read_header() {
    auto header = reader_.next();
    if (!header) return pass_on(std::move(header));
    if (!*header) return fail("the file has no header", path_, "Begin with name,target,port.");
    for (std::size_t i = 0; i < (*header)->cells.size(); ++i) {
      const std::string& cell = (*header)->cells[i];
      const auto* const found = std::find(column_names.begin(), column_names.end(), cell);
      if (found == column_names.end()) {
        return fail(fmt::format("there is no column \"{}\"", cell), path_ + ":1",
                    "Known are name, sponsor, type, target and port.");
      }
      columns_.at(static_cast<std::size_t>(found - column_names.begin())) = i;
    }
    if (!columns_[target] || !columns_[port] || (!columns_[name] && !columns_[sponsor])) {
      return fail("target, port, and name or sponsor must be there as columns", path_ + ":1");
    }
    return {};
  }

  [[nodiscard]] std::string_view cell(const CsvRow& row, Column column) const {
    const auto at = columns_.at(column);
    return at && *at < row.cells.size() ? std::string_view(row.cells[*at]) : std::string_view();
  }

  Result<void> take(const CsvRow& row) {
    if (endpoints_.children.size() + endpoints_.sponsors.size() >= dsync_rows_max) {
      return fail(fmt::format("the file has more than {} rows", dsync_rows_max));
    }
    auto endpoint = read_endpoint(row);
    if (!endpoint) return pass_on(std::move(endpoint));
    auto its_type = read_type(row);
    if (!its_type) return pass_on(std::move(its_type));
    const std::string_view child = cell(row, name);
    const std::string_view registrar = cell(row, sponsor);
    if (child.empty() == registrar.empty()) {
      return fail("a row must have either a name or a sponsor");
    }
    if (child.empty()) return take_sponsor({std::string(registrar), *its_type, *endpoint});
    auto parsed = dns::Name::parse(child);
    if (!parsed) return pass_on(std::move(parsed));
    if (!parsed->is_below(zone_)) {
      return fail(fmt::format("{} does not lie below {}", parsed->text(), zone_.text()));
    }
    endpoints_.children.push_back({*std::move(parsed), *its_type, *endpoint});
    return {};
  }

  Result<void> take_sponsor(SponsorEndpoint row) {
    if (!sponsors_.insert({row.sponsor, row.type}).second) {
      return fail(fmt::format("\"{}\" stands twice", row.sponsor));
    }
    endpoints_.sponsors.push_back(std::move(row));
    return {};
  }

  [[nodiscard]] Result<DsyncEndpoint> read_endpoint(const CsvRow& row) const {
    if (cell(row, target).empty()) return fail("a row must have a target");
    auto host = dns::Name::parse(cell(row, target));
    if (!host) return pass_on(std::move(host));
    if (host->is_root()) return fail("a row must have a target");
    DsyncEndpoint endpoint{*std::move(host), 0};
    const std::string_view text = cell(row, port);
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, endpoint.port);
    if (error != std::errc() || rest != end || endpoint.port == 0) {
      return fail(fmt::format("\"{}\" is not a port", text), {}, "Write a number up to 65535.");
    }
    return endpoint;
  }

  [[nodiscard]] Result<std::optional<dns::RecordType>> read_type(const CsvRow& row) const {
    const std::string_view text = cell(row, type);
    if (text.empty()) return std::optional<dns::RecordType>();
    auto parsed = dns::parse_record_type(text);
    if (!parsed) return pass_on(std::move(parsed));
    if (*parsed != dns::RecordType::cds && *parsed != dns::RecordType::csync) {
      return fail(fmt::format("there is no NOTIFY for {}", text), {}, "Write cds or csync.");
    }
    return std::optional<dns::RecordType>(*parsed);
  }

  CsvReader reader_;
  std::string path_;
  const dns::Name& zone_;
  std::array<std::optional<std::size_t>, column_count> columns_;
  DsyncEndpoints endpoints_;
  std::set<std::pair<std::string, std::optional<dns::RecordType>>> sponsors_;
};

}  // namespace

Result<DsyncEndpoints> read_dsync_endpoints(const std::filesystem::path& path,
                                            const dns::Name& zone) {
  auto reader = CsvReader::open(path);
  if (!reader) return pass_on(std::move(reader));
  return File(*std::move(reader), path.string(), zone).read();
}

std::vector<DsyncException> dsync_exceptions(const DsyncEndpoints& endpoints,
                                             const Snapshot* snapshot) {
  std::vector<DsyncException> exceptions = endpoints.children;
  if (endpoints.sponsors.empty() || snapshot == nullptr) return exceptions;
  std::map<std::string_view, std::vector<const SponsorEndpoint*>> of_sponsor;
  for (const SponsorEndpoint& row : endpoints.sponsors) of_sponsor[row.sponsor].push_back(&row);
  std::set<dns::Name> named;
  for (const DsyncException& exception : endpoints.children) named.insert(exception.child);
  for (std::size_t i = 0; i < snapshot->size(); ++i) {
    const std::string its_sponsor = snapshot->at(i).registration.sponsor;
    const auto found = of_sponsor.find(its_sponsor);
    if (found == of_sponsor.end()) continue;
    const dns::Name child = snapshot->child(i);
    if (named.contains(child)) continue;
    for (const SponsorEndpoint* row : found->second) {
      exceptions.push_back({child, row->type, row->endpoint});
    }
  }
  return exceptions;
}

}  // namespace dskeeper::parent
