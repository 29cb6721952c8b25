#include "http/target.h"

#include <algorithm>
#include <optional>

namespace dskeeper::http {
namespace {

constexpr std::size_t fields_max = 32;

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// The octet that "%XX" at the start of the text stands for.
std::optional<char> encoded_octet(std::string_view text) {
  if (text.size() < 3) return std::nullopt;
  const auto high = digit_of(text[1]);
  const auto low = digit_of(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high << 4U | *low);
}

// In a query "+" is a blank, as forms write it.
Result<std::string> decoded(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '%') {
      const auto octet = encoded_octet(text.substr(at));
      if (!octet) return fail("a percent sign in it is followed by no two hexadecimal digits");
      c = *octet;
      at += 2;
    } else if (c == '+' && plus_is_blank) {
      c = ' ';
    }
    if (is_control(c)) return fail("it holds a control character");
    out += c;
  }
  return out;
}

Result<std::vector<std::string>> parse_path(std::string_view path) {
  if (!path.starts_with('/')) return fail("it does not begin with a slash");
  std::vector<std::string> segments;
  for (path.remove_prefix(1); !path.empty();) {
    const std::size_t end = std::min(path.find('/'), path.size());
    auto segment = decoded(path.substr(0, end), false);
    if (!segment) return pass_on(std::move(segment));
    if (segment->empty() || *segment == "." || *segment == "..") {
      return fail("a part of its path is empty, \".\" or \"..\"");
    }
    segments.push_back(*std::move(segment));
    // A slash at the end is an empty segment too.
    if (end + 1 == path.size()) return fail("a slash stands at the end of its path");
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return segments;
}

}  // namespace

Result<std::map<std::string, std::string>> parse_fields(std::string_view text) {
  std::map<std::string, std::string> fields;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    auto name = decoded(part.substr(0, equals), true);
    if (!name) return pass_on(std::move(name));
    auto value = decoded(part.substr(std::min(equals + 1, part.size())), true);
    if (!value) return pass_on(std::move(value));
    if (fields.size() == fields_max) return fail("it has too many fields");
    if (!fields.emplace(*std::move(name), *std::move(value)).second) {
      return fail("a field of it stands there twice");
    }
  }
  return fields;
}

Result<Target> Target::parse(std::string_view text) {
  if (text.size() > target_octets_max) return fail("it is too long");
  const std::size_t mark = std::min(text.find('?'), text.size());
  auto segments = parse_path(text.substr(0, mark));
  if (!segments) return pass_on(std::move(segments));
  auto query = parse_fields(text.substr(std::min(mark + 1, text.size())));
  if (!query) return pass_on(std::move(query));
  return Target{*std::move(segments), *std::move(query)};
}

std::string Target::field(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out += '%';
    out += digits[octet >> 4U];
    out += digits[octet & 0x0FU];
  }
  return out;
}

}  // namespace dskeeper::http
