#include "store/store.h"

#include <fmt/core.h>

#include <filesystem>
#include <string_view>

#include "store/sqlite_database.h"
#include "store/sqlite_store.h"

namespace dskeeper::store {
namespace {

// 96 bits: no two of one registry's changes will share them, and it fits where EPP and logs want
// it.
constexpr std::size_t id_octets = 12;

// "sqlite:PATH" → PATH.
Result<std::string> sqlite_path(std::string_view url) {
  constexpr std::string_view scheme = "sqlite:";
  if (url.starts_with("postgresql:") || url.starts_with("postgres:")) {
    return fail("PostgreSQL stores are not supported yet", "store.url", "Use \"sqlite:FILE\".");
  }
  if (!url.starts_with(scheme)) {
    return fail(fmt::format("\"{}\" names no kind of store", url), "store.url",
                "Use \"sqlite:FILE\".");
  }
  const std::string_view path = url.substr(scheme.size());
  if (path.empty() || path.starts_with(':')) {
    return fail("the store must be a file", "store.url", "Use \"sqlite:FILE\".");
  }
  return std::string(path);
}

}  // namespace

std::string change_id(const Change& change) {
  const std::string what =
      fmt::format("{} {} {} {}", change.parent.text(), change.child.text(), change.request_id,
                  change.queued_at.time_since_epoch().count());
  const Sha256 hash = sha256(as_bytes(what));
  return to_hex(ByteView(hash).first(id_octets));
}

Result<std::unique_ptr<Store>> open_store(const std::string& url, Access access) {
  Result<std::string> path = sqlite_path(url);
  if (!path) return pass_on(std::move(path));
  return open_sqlite_store(*path, access);
}

Result<bool> store_exists(const std::string& url) {
  const Result<std::string> path = sqlite_path(url);
  std::error_code ignored;
  return path.map([&](const std::string& file) { return std::filesystem::exists(file, ignored); });
}

Result<std::filesystem::path> path_beside(const std::string& url, std::string_view ending) {
  return sqlite_path(url).map(
      [&](const std::string& file) { return std::filesystem::path(file + std::string(ending)); });
}

Result<std::vector<std::string>> pending_migrations(const std::string& url) {
  return sqlite_path(url).and_then(pending_migrations_of);
}

}  // namespace dskeeper::store
