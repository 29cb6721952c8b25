#include "dns/name.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace dskeeper::dns {
namespace {

// The most labels that fit: 127 of one octet each, without the root.
constexpr std::size_t label_count_max = name_octets_max / 2;

// Where each label's length octet stands; a name of 255 octets needs no more than one octet each.
struct LabelOffsets {
  explicit LabelOffsets(std::string_view wire) {
    for (std::size_t at = 0; wire[at] != '\0'; at += 1U + static_cast<std::uint8_t>(wire[at])) {
      offsets[count++] = static_cast<std::uint8_t>(at);
    }
  }
  std::array<std::uint8_t, label_count_max> offsets;  // the first `count` are set
  std::size_t count = 0;
};

std::string_view label_at(std::string_view wire, std::size_t offset) {
  return wire.substr(offset + 1, static_cast<std::uint8_t>(wire[offset]));
}

char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// By character that stands for itself in presentation form, as nearly all do: its lower case; zero
// for the others. A table, since a large zone is a hundred million characters.
constexpr auto plain_folded = [] {
  std::array<char, 256> out{};
  for (int c = ' ' + 1; c < 0x7F; ++c) {
    if (c == '\\' || c == '.') continue;
    const bool is_upper = c >= 'A' && c <= 'Z';
    out[c] = static_cast<char>(is_upper ? c - 'A' + 'a' : c);
  }
  return out;
}();

// The character at the front of `text`, escapes of RFC 1035 §5.1 resolved; takes it off.
Result<char> take_character(std::string_view& text) {
  const char first = text.front();
  text.remove_prefix(1);
  if (first != '\\') {
    if (first > ' ' && first < '\x7F') return first;
    return fail("a name holds an octet that is not printable ASCII", {},
                "Write international names as xn--…, other octets as \\DDD.");
  }
  if (text.empty()) return fail("a name ends inside an escape");
  if (!is_digit(text.front())) {
    const char literal = text.front();
    text.remove_prefix(1);
    return literal;
  }
  if (text.size() < 3 || !is_digit(text[1]) || !is_digit(text[2])) {
    return fail("an escape in a name has fewer than three digits");
  }
  const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  if (value > 255) return fail("an escape in a name is above 255");
  text.remove_prefix(3);
  return static_cast<char>(static_cast<std::uint8_t>(value));
}

// Writes one label's octets to `out` as RFC 1035 §5.1 escapes them.
void append_label_text(std::string& out, std::string_view label) {
  constexpr std::string_view special = ".\\\"();@$";
  for (const char c : label) {
    if (c <= ' ' || c >= '\x7F') {
      out += fmt::format("\\{:03}", static_cast<std::uint8_t>(c));
    } else {
      if (special.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
}

}  // namespace

Result<Name> Name::parse(std::string_view text) {
  const std::string_view whole = text;
  if (text.empty()) return fail("a name is empty", {}, "Write the root as \".\".");
  if (text == ".") return Name();
  const auto too_long = [&] {
    return fail(fmt::format("\"{}\" is longer than 255 octets", whole));
  };
  std::array<char, name_octets_max> wire;
  std::size_t length_at = 0;  // of the label that is being read
  std::size_t size = 1;
  const auto close_label = [&] {
    wire[length_at] = static_cast<char>(size - length_at - 1);
    length_at = size++;
  };
  while (!text.empty()) {
    if (size == wire.size()) return too_long();
    char character = text.front();
    if (character == '.') {
      text.remove_prefix(1);
      if (size - length_at == 1) return fail(fmt::format("\"{}\" has an empty label", whole));
      close_label();
      continue;
    }
    if (const char folded = plain_folded[static_cast<std::uint8_t>(character)]; folded != '\0') {
      text.remove_prefix(1);
      character = folded;
    } else {
      const auto taken = take_character(text);
      if (!taken) return fail(taken.error().what, std::string(whole), taken.error().remedy);
      character = fold(*taken);
    }
    wire[size++] = character;
    if (size - length_at - 1 > label_octets_max) {
      return fail(fmt::format("\"{}\" has a label of more than 63 octets", whole));
    }
  }
  if (size - length_at > 1) {  // no final dot
    if (size == wire.size()) return too_long();
    close_label();
  }
  wire[length_at] = '\0';
  return Name(std::string(wire.data(), size));
}

Result<Name> Name::from_wire(ByteView wire) {
  std::size_t offset = 0;
  auto name = from_message(wire, offset, false);
  if (name && offset != wire.size()) return fail("octets follow a name");
  return name;
}

Result<Name> Name::from_message(ByteView message, std::size_t& offset, bool follow_pointers) {
  std::array<char, name_octets_max> wire;
  std::size_t size = 0;
  std::size_t at = offset;
  std::size_t pointers = 0;
  std::size_t behind = 0;  // where the name ends in the message, once a pointer was followed
  while (true) {
    if (at >= message.size()) return fail("a name is cut off");
    const std::size_t length = message[at];
    if (length <= label_octets_max) {
      if (at + 1 + length > message.size()) return fail("a name is cut off");
      if (size + 1 + length > wire.size()) return fail("a name is longer than 255 octets");
      wire[size++] = static_cast<char>(length);
      for (std::size_t i = 1; i <= length; ++i)
        wire[size++] = fold(static_cast<char>(message[at + i]));
      at += 1 + length;
      if (length == 0) break;
      continue;
    }
    if (length < 0xC0U) return fail("a label has an unknown type");  // RFC 6891 §5
    if (!follow_pointers) return fail("a name is compressed where it must not be");
    if (at + 1 >= message.size()) return fail("a name is cut off");
    const std::size_t target = (length & 0x3FU) << 8U | message[at + 1];
    // Strictly backwards, so that no chain of pointers can loop.
    if (target >= at) return fail("a compression pointer does not point backwards");
    // A pointer that saves nothing but leads to the next one costs us a step each: no more of them
    // than a name can have labels.
    if (++pointers > label_count_max) return fail("a name is compressed too often");
    if (behind == 0) behind = at + 2;
    at = target;
  }
  offset = behind != 0 ? behind : at;
  return Name(std::string(wire.data(), size));
}

std::string Name::text() const {
  if (is_root()) return ".";
  std::string out;
  out.reserve(wire_.size());
  for (std::size_t at = 0; wire_[at] != '\0'; at += 1U + static_cast<std::uint8_t>(wire_[at])) {
    append_label_text(out, label_at(wire_, at));
    out += '.';
  }
  return out;
}

std::size_t Name::label_count() const {
  return LabelOffsets(wire_).count;
}

std::vector<std::string_view> Name::labels() const {
  const LabelOffsets ours(wire_);
  std::vector<std::string_view> out;
  out.reserve(ours.count);
  for (std::size_t i = 0; i < ours.count; ++i) out.push_back(label_at(wire_, ours.offsets[i]));
  return out;
}

bool Name::is_at_or_below(const Name& ancestor) const {
  if (wire_.size() < ancestor.wire_.size()) return false;
  // The ancestor's labels must begin where a label of ours does: "ns1.kid.example." is not below
  // "id.example.".
  const std::size_t target = wire_.size() - ancestor.wire_.size();
  std::size_t at = 0;
  while (at < target) at += 1U + static_cast<std::uint8_t>(wire_[at]);
  return at == target && std::string_view(wire_).substr(at) == ancestor.wire_;
}

bool Name::is_below(const Name& ancestor) const {
  return wire_.size() > ancestor.wire_.size() && is_at_or_below(ancestor);
}

Name Name::parent() const {
  if (is_root()) return {};
  return Name(wire_.substr(1U + static_cast<std::uint8_t>(wire_[0])));
}

Result<Name> Name::with_prefix(const Name& prefix) const {
  const std::string_view front = std::string_view(prefix.wire_).substr(0, prefix.wire_.size() - 1);
  if (front.size() + wire_.size() > name_octets_max) {
    return fail(
        fmt::format("the name {}{} would be longer than 255 octets", prefix.text(), text()));
  }
  return Name(std::string(front) + wire_);
}

std::strong_ordering Name::operator<=>(const Name& other) const {
  const LabelOffsets ours(wire_);
  const LabelOffsets theirs(other.wire_);
  const std::size_t common = std::min(ours.count, theirs.count);
  for (std::size_t i = 1; i <= common; ++i) {
    // std::string_view compares as unsigned octets, a shorter label first, as the RFC asks.
    const int order = label_at(wire_, ours.offsets[ours.count - i])
                          .compare(label_at(other.wire_, theirs.offsets[theirs.count - i]));
    if (order != 0) return order <=> 0;
  }
  return ours.count <=> theirs.count;
}

}  // namespace dskeeper::dns

std::size_t std::hash<dskeeper::dns::Name>::operator()(
    const dskeeper::dns::Name& name) const noexcept {
  const dskeeper::ByteView wire = name.wire();
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(wire.data()), wire.size()});
}
