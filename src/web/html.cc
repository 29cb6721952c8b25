#include "web/html.h"

#include <algorithm>
#include <array>

namespace dskeeper::web {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// In UTF-8: what changes the direction of writing, so that a name could look like another one.
constexpr std::array<std::string_view, 12> directions = {
    "\xD8\x9C",     "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC",
    "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9"};

// How many octets at the start of the text are to be replaced.
std::size_t unseemly(std::string_view text) {
  const auto octet = static_cast<unsigned char>(text.front());
  if ((octet < 0x20 && octet != '\n' && octet != '\t') || octet == 0x7F) return 1;
  if (octet == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0) return 2;
  for (const std::string_view direction : directions) {
    if (text.starts_with(direction)) return direction.size();
  }
  return 0;
}

std::string_view escaped(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return "";
  }
}

// Octets that may have to be written otherwise, or begin what is replaced. All others, which is
// nearly all there are, are copied as they stand.
constexpr std::array<bool, 256> is_special = [] {
  std::array<bool, 256> out{};
  for (std::size_t octet = 0; octet < 0x20; ++octet) out[octet] = true;
  for (const char octet : {'&', '<', '>', '"', '\'', '\x7F'}) {
    out[static_cast<unsigned char>(octet)] = true;
  }
  out[0xC2] = true;
  for (const std::string_view direction : directions) {
    out[static_cast<unsigned char>(direction.front())] = true;
  }
  return out;
}();

std::size_t plain_octets(std::string_view text) {
  const auto end =
      std::ranges::find_if(text, [](char c) { return is_special[static_cast<unsigned char>(c)]; });
  return static_cast<std::size_t>(end - text.begin());
}

void add_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    std::size_t taken = plain_octets(text);
    out += text.substr(0, taken);
    text.remove_prefix(taken);
    if (text.empty()) return;
    taken = unseemly(text);
    const std::string_view written = taken > 0 ? replacement : escaped(text.front());
    taken = std::max<std::size_t>(taken, 1);
    out += written.empty() ? text.substr(0, taken) : written;
    text.remove_prefix(taken);
  }
}

void open(std::string& out, Word tag, Attributes attributes) {
  out += '<';
  out += tag.text();
  for (const Attribute& attribute : attributes) {
    out += ' ';
    out += attribute.name.text();
    out += "=\"";
    add_escaped(out, attribute.value);
    out += '"';
  }
  out += '>';
}

}  // namespace

void Html::add_text(std::string_view text) {
  add_escaped(markup_, text);
}

Html empty_element(Word tag, Attributes attributes) {
  Html out;
  open(out.markup_, tag, attributes);
  return out;
}

Html enclosed(Word tag, Attributes attributes, const Html& content) {
  Html out;
  std::size_t octets = content.markup_.size() + 2 * tag.text().size() + 5;
  for (const Attribute& attribute : attributes) {
    octets += attribute.name.text().size() + attribute.value.size() + 4;
  }
  out.markup_.reserve(octets);
  open(out.markup_, tag, attributes);
  out.markup_ += content.markup_;
  out.markup_ += "</";
  out.markup_ += tag.text();
  out.markup_ += '>';
  return out;
}

}  // namespace dskeeper::web
