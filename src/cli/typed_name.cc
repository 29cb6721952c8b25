#include "cli/typed_name.h"

#include <fmt/core.h>
#include <idn2.h>

#include <algorithm>
#include <memory>

namespace dskeeper::cli {
namespace {

struct Idn2Free {
  void operator()(char* text) const { idn2_free(text); }
};
using Idn2Text = std::unique_ptr<char, Idn2Free>;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Names are chosen by strangers: what decodes to a control character, a change of direction or
// anything else that IDNA forbids must not reach a terminal as it is.
bool is_what_it_reads_as(const std::string& u_labels, const std::string& a_labels) {
  char* raw = nullptr;
  const int code = idn2_to_ascii_8z(u_labels.c_str(), &raw, IDN2_NONTRANSITIONAL);
  const Idn2Text again(raw);
  return code == IDN2_OK && a_labels == again.get();
}

}  // namespace

Result<dns::Name> read_typed_name(std::string_view text) {
  if (is_ascii(text)) return dns::Name::parse(text);
  char* raw = nullptr;
  const int code = idn2_to_ascii_8z(std::string(text).c_str(), &raw, IDN2_NONTRANSITIONAL);
  const Idn2Text a_labels(raw);
  if (code != IDN2_OK) {
    return fail(fmt::format("\"{}\" is not an internationalised domain name: {}", text,
                            idn2_strerror(code)));
  }
  return dns::Name::parse(a_labels.get());
}

std::string shown_name(const dns::Name& name) {
  const std::string a_labels = name.text();
  if (a_labels.find("xn--") == std::string::npos) return a_labels;
  char* raw = nullptr;
  const int code = idn2_to_unicode_8z8z(a_labels.c_str(), &raw, 0);
  const Idn2Text u_labels(raw);
  if (code != IDN2_OK || a_labels == u_labels.get()) return a_labels;
  if (!is_what_it_reads_as(u_labels.get(), a_labels)) return a_labels;
  return fmt::format("{} ({})", a_labels, u_labels.get());
}

}  // namespace dskeeper::cli
