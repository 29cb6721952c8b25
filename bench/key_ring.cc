#include "key_ring.h"

#include <fstream>
#include <iterator>

#include "child_zone.h"

namespace dskeeper::bench {
namespace {

namespace fs = std::filesystem;

Result<ZoneKey> read_key(const fs::path& path, std::uint16_t flags) {
  std::ifstream file(path, std::ios::binary);
  const std::string pem(std::istreambuf_iterator<char>(file), {});
  auto key = ZoneKey::from_pem(flags, pem);
  if (!key) return fail(key.error().what, path.string(), "Make the population again.");
  return key;
}

}  // namespace

const ZoneKeys& KeyRing::of(std::size_t operator_index) const {
  return has_one_key(operator_index) ? one_key : two_keys;
}

Result<void> KeyRing::write(const fs::path& directory) const {
  fs::create_directories(directory);
  const auto write_key = [&](const char* file_name, const ZoneKey& key) {
    std::ofstream file(directory / file_name, std::ios::binary);
    file << key.pem();
    return file.flush().good();
  };
  if (write_key("csk.pem", one_key.entry()) && write_key("ksk.pem", two_keys.entry()) &&
      write_key("zsk.pem", two_keys.data())) {
    return {};
  }
  return fail("the keys cannot be written", directory.string());
}

Result<KeyRing> KeyRing::read(const fs::path& directory) {
  auto csk = read_key(directory / "csk.pem", flags_ksk);
  if (!csk) return pass_on(std::move(csk));
  auto ksk = read_key(directory / "ksk.pem", flags_ksk);
  if (!ksk) return pass_on(std::move(ksk));
  auto zsk = read_key(directory / "zsk.pem", flags_zsk);
  if (!zsk) return pass_on(std::move(zsk));
  return KeyRing{{{*csk}}, {{*ksk, *zsk}}};
}

}  // namespace dskeeper::bench
