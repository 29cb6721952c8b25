#include "web/chain_picture.h"

#include <fmt/core.h>

namespace dskeeper::web {
namespace {

// In units of the picture, which is as wide as the page lets it be.
constexpr int width = 760;
constexpr int box_width = 220;
constexpr int box_height = 34;
constexpr int row_height = 74;
constexpr int top = 64;                          // where the first server's row begins
constexpr int gap = 40;                          // between two boxes of a row
constexpr std::size_t text_characters_max = 26;  // of the widest font

std::string number(int value) {
  return std::to_string(value);
}

// The whole text stands in the box's title.
std::string shortened(const std::string& text) {
  if (text.size() <= text_characters_max) return text;
  return text.substr(0, text_characters_max - 1) + "\xE2\x80\xA6";
}

// Colour is never the only sign (WCAG 1.4.1).
std::string_view sign_of(Light light) {
  switch (light) {
    case Light::green:
      return "\xE2\x9C\x93";  // check mark
    case Light::grey:
      return "\xE2\x80\x93";  // dash
    case Light::red:
      return "\xE2\x9C\x97";  // cross
  }
  return "";
}

Html box(const ChainLink& link, int x, int y) {
  const Html shape = enclosed("rect",
                              {{"x", number(x)},
                               {"y", number(y)},
                               {"width", number(box_width)},
                               {"height", number(box_height)},
                               {"rx", "6"}},
                              {});
  const Html words = element("text", {{"x", number(x + 10)}, {"y", number(y + 22)}},
                             std::string(sign_of(link.light)) + " " + shortened(link.text));
  return element("g", {{"class", "link " + std::string(to_text(link.light))}},
                 element("title", {}, link.text), shape, words);
}

Html line(int x1, int y1, int x2, int y2) {
  return enclosed("line",
                  {{"class", "wire"},
                   {"x1", number(x1)},
                   {"y1", number(y1)},
                   {"x2", number(x2)},
                   {"y2", number(y2)}},
                  {});
}

Html row(const ChainServer& server, int y) {
  Html out = element("text", {{"class", "server"}, {"x", "30"}, {"y", number(y + 16)}},
                     server.server.text());
  const int middle = y + 26 + box_height / 2;
  out.add(line(14, middle, 30, middle));
  for (std::size_t at = 0; at < server.links.size(); ++at) {
    const int x = 30 + static_cast<int>(at) * (box_width + gap / 2);
    if (at > 0) out.add(line(x - gap / 2, middle, x, middle));
    out.add(box(server.links[at], x, y + 26));
  }
  return out;
}

}  // namespace

Html chain_picture(const Chain& chain) {
  const int rows = static_cast<int>(chain.servers.size());
  const int height = top + rows * row_height;
  Html drawing = element("title", {{"id", "chain-title"}}, "The chain of trust, server by server");
  drawing.add(element("desc", {{"id", "chain-text"}}, described(chain)));
  if (rows > 0) {
    const int last = top + (rows - 1) * row_height + 26 + box_height / 2;
    drawing.add(line(14, 8 + box_height, 14, last));
  }
  drawing.add(box({chain.parent.light, "Parent: " + chain.parent.text}, 8, 8));
  for (int at = 0; at < rows; ++at) {
    drawing.add(row(chain.servers[static_cast<std::size_t>(at)], top + at * row_height));
  }
  return element("svg",
                 {{"class", "chain"},
                  {"viewBox", fmt::format("0 0 {} {}", width, height)},
                  {"role", "img"},
                  {"aria-labelledby", "chain-title chain-text"}},
                 drawing);
}

}  // namespace dskeeper::web
