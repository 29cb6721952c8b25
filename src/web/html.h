// Markup that is right by construction: every text and every attribute's value is escaped, and the
// names of elements and attributes are literals of the source. Nothing a child's zone contains can
// become markup, since there is no way to put it there. Also for SVG.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace dskeeper::web {

// The name of an element or attribute: a literal, known when this is compiled.
class Word {
 public:
  consteval Word(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

struct Attribute {
  Word name;
  std::string value;
};
using Attributes = std::initializer_list<Attribute>;

class Html {
 public:
  Html() = default;
  // As text. Control characters and those that change the direction of writing are shown as U+FFFD.
  Html(std::string_view text) { add_text(text); }    // NOLINT(google-explicit-constructor)
  Html(const char* text) { add_text(text); }         // NOLINT(google-explicit-constructor)
  Html(const std::string& text) { add_text(text); }  // NOLINT(google-explicit-constructor)

  Html& add(const Html& other) {
    markup_ += other.markup_;
    return *this;
  }
  // As text, likewise.
  template <std::convertible_to<std::string_view> Text>
  Html& add(const Text& text) {
    add_text(text);
    return *this;
  }

  [[nodiscard]] const std::string& markup() const { return markup_; }
  [[nodiscard]] bool is_empty() const { return markup_.empty(); }

 private:
  friend Html empty_element(Word tag, Attributes attributes);
  friend Html enclosed(Word tag, Attributes attributes, const Html& content);
  void add_text(std::string_view text);

  std::string markup_;
};

// Without content and end: <meta>, <input>.
[[nodiscard]] Html empty_element(Word tag, Attributes attributes);
[[nodiscard]] Html enclosed(Word tag, Attributes attributes, const Html& content);

template <typename... Parts>
[[nodiscard]] Html element(Word tag, Attributes attributes, const Parts&... parts) {
  Html content;
  (content.add(parts), ...);
  return enclosed(tag, attributes, content);
}

}  // namespace dskeeper::web
