#include "cli/notify_memory.h"

#include <system_error>

#include "parent/atomic_file.h"
#include "parent/csv_reader.h"

namespace dskeeper::cli {
namespace {

std::string digest_of(const child::Records& records) {
  std::string text;
  for (const auto& [type, rdata] : records) {
    text += dns::to_text(type) + "\n";
    for (const Bytes& one : rdata) text += to_hex(one) + "\n";
  }
  return to_hex(sha256(as_bytes(text))) + "\n";
}

// A label may hold any octet, and escaped the longest names are longer than a file's name may be.
std::string file_name_of(const dns::Name& child) {
  constexpr std::size_t octets_max = 200;
  const std::string text = child.text();
  const bool is_plain = text.size() <= octets_max && text.find('/') == std::string::npos &&
                        text.find('\\') == std::string::npos;
  return is_plain ? text : "sha256-" + to_hex(sha256(as_bytes(text))) + ".";
}

}  // namespace

NotifyMemory::NotifyMemory(const std::filesystem::path& folder, const dns::Name& child,
                           dns::RecordType type) {
  if (folder.empty()) return;
  path_ = folder / (file_name_of(child) + dns::to_text(type));
}

bool NotifyMemory::knows(const child::Records& records) const {
  std::error_code trouble;
  if (path_.empty() || !std::filesystem::exists(path_, trouble) || trouble) return false;
  const auto text = parent::read_text_file(path_);
  return text && *text == digest_of(records);
}

Result<void> NotifyMemory::remember(const child::Records& records) const {
  if (path_.empty()) return {};
  auto file = parent::AtomicFile::create(path_);
  if (!file) return pass_on(std::move(file));
  if (auto written = file->write(digest_of(records)); !written) return written;
  return file->commit();
}

}  // namespace dskeeper::cli
