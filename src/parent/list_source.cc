// Delegations from a list, for those who keep other people's names and not a zone (columns.h).
#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/interned_octets.h"
#include "parent/aside.h"
#include "parent/columns.h"
#include "parent/csv_reader.h"
#include "parent/file_state.h"
#include "parent/snapshot_maker.h"
#include "parent/sources.h"

namespace dskeeper::parent {
namespace {

// "sha256:…", as sha256sum prints it.
std::string digest_text(std::string_view text) {
  std::string hex = to_hex(sha256(as_bytes(text)));
  std::transform(hex.begin(), hex.end(), hex.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return "sha256:" + hex;
}

Result<PackedDelegations> read_rows(Table& table, const dns::Name& zone) {
  PackedDelegations delegations(zone);
  InternedOctets seen;
  while (true) {
    auto child = table.next();
    if (!child) return pass_on(std::move(child));
    if (!*child) break;
    if (seen.intern((*child)->wire()) != delegations.size()) {
      return fail(fmt::format("{} stands twice", (*child)->text()), table.where());
    }
    Delegation delegation;
    delegation.child = **std::move(child);
    if (auto applied = table.apply(delegation); !applied) return pass_on(std::move(applied));
    if (delegation.name_servers.empty()) {
      return fail(fmt::format("{} has no hosts", delegation.child.text()), table.where(),
                  "Fill the column \"ns\", or leave the row out.");
    }
    delegations.append(delegation);
  }
  delegations.sort();
  return delegations;
}

SnapshotResult read_list(const ListSourceOptions& options) {
  const auto before = look_at(options.file);
  if (!before) return fail(before.error().what, before.error().where, before.error().remedy);
  auto text = read_text_file(options.file);
  if (!text) return pass_on(std::move(text));
  auto table =
      Table::open(CsvReader(*text, options.file.string()), options.file.string(),
                  options.needs_glue ? TableKind::list_with_glue : TableKind::list, options.zone);
  if (!table) return pass_on(std::move(table));
  auto delegations = read_rows(*table, options.zone);
  if (!delegations) return pass_on(std::move(delegations));
  return make_snapshot(digest_text(*text), *std::move(delegations), {before->text(), {}, {}, {}},
                       options.facts);
}

class ListSource final : public Source {
 public:
  explicit ListSource(ListSourceOptions options) : options_(std::move(options)) {}

  boost::asio::awaitable<SnapshotResult> read() override {
    std::function<SnapshotResult()> work = [this] { return read_list(options_); };
    SnapshotResult result = co_await run_aside<SnapshotResult>(std::move(work));
    co_return result;
  }

  boost::asio::awaitable<Result<bool>> has_changed(const Snapshot& snapshot) override {
    const Result<std::string> state = state_of(options_.file, options_.facts);
    co_return state.map([&](const std::string& now) { return now != snapshot.state(); });
  }

 private:
  ListSourceOptions options_;
};

}  // namespace

std::unique_ptr<Source> make_list_source(ListSourceOptions options) {
  return std::make_unique<ListSource>(std::move(options));
}

}  // namespace dskeeper::parent
