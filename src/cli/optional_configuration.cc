#include "cli/optional_configuration.h"

#include <system_error>

namespace dskeeper::cli {

tl::expected<Configuration, ConfigurationFaults> load_optional_configuration(
    const std::string& named) {
  const std::filesystem::path file = find_configuration_file(named);
  std::error_code ignored;
  if (!named.empty() || std::filesystem::exists(file, ignored)) return load_configuration(file);
  Configuration none;
  none.vantages.emplace_back();
  return none;
}

}  // namespace dskeeper::cli
