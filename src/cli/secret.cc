#include "cli/secret.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

namespace dskeeper::cli {
namespace {

constexpr std::size_t secret_octets_max = 1024;

Result<std::string> first_line_of(const std::filesystem::path& path, std::string_view what,
                                  std::string_view holds) {
  struct stat status {};
  std::ifstream file(path);
  if (stat(path.c_str(), &status) != 0 || !file) {
    return fail(fmt::format("the {} file {} cannot be read", what, path.string()), {},
                fmt::format("It must hold one line, {}.", holds));
  }
  if ((status.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    return fail(fmt::format("the {} file {} can be read by others", what, path.string()), {},
                fmt::format("Run: chmod 600 {}", path.string()));
  }
  std::string text;
  std::getline(file, text);
  return text;
}

Result<std::string> variable(const std::string& name) {
  const char* text = std::getenv(name.c_str());
  if (text == nullptr) return fail(fmt::format("the environment has no variable {}", name));
  return std::string(text);
}

}  // namespace

Result<std::string> read_token(const std::string& file, const std::string& variable_name,
                               const Configuration& configuration) {
  if (!variable_name.empty()) return variable(variable_name);
  return first_line_of(configuration.resolve(file), "token", "the token");
}

Result<Bytes> read_secret(const RawKeySettings& key, const Configuration& configuration) {
  const bool is_variable = !key.secret_env.empty();
  if (!is_variable && key.secret_file.empty()) return fail("this [[key]] has no secret-file");
  const std::filesystem::path path = configuration.resolve(key.secret_file);
  auto text =
      is_variable ? variable(key.secret_env) : first_line_of(path, "key", "the secret in base64");
  if (!text) return pass_on(std::move(text));
  auto secret = from_base64(text->substr(0, secret_octets_max));
  if (!secret || secret->empty()) {
    const std::string where = is_variable ? "variable " + key.secret_env : "file " + path.string();
    return fail(fmt::format("the secret in the {} is not base64", where));
  }
  return secret;
}

}  // namespace dskeeper::cli
