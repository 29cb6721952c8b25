#include "scale_options.h"

#include <charconv>

namespace dskeeper::bench {

void add_scale_options(CLI::App& app, Scale& scale, std::filesystem::path& directory) {
  app.add_option("children", scale.children, "how many")
      ->required()
      ->check(CLI::Range(std::size_t{1}, children_max));
  app.add_option("directory", directory, "of the population")->required();
  app.add_option("--operators", scale.operators, "how many; one for each 500 children unless told")
      ->check(CLI::Range(std::size_t{1}, operators_max));
  app.add_flag_callback(
      "--zipf", [&] { scale.sizes = Sizes::zipf; },
      "operators of very different sizes instead of equal ones");
}

Result<double> parse_share(const std::string& text) {
  double share = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, share);
  const std::string_view rest(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
  if (rest == "%") share /= 100;
  if (parsed.ec != std::errc() || (!rest.empty() && rest != "%") || !(share >= 0 && share <= 1)) {
    return fail("\"" + text + "\" is no share", {}, "Write it like 2% or 0.02.");
  }
  return share;
}

}  // namespace dskeeper::bench
