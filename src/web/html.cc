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

void add_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t dropped = unseemly(text);
    if (dropped > 0) {
      out += replacement;
      text.remove_prefix(dropped);
      continue;
    }
    const std::string_view written = escaped(text.front());
    if (written.empty()) {
      out += text.front();
    } else {
      out += written;
    }
    text.remove_prefix(1);
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
  open(out.markup_, tag, attributes);
  out.markup_ += content.markup_;
  out.markup_ += "</";
  out.markup_ += tag.text();
  out.markup_ += '>';
  return out;
}

}  // namespace dskeeper::web
