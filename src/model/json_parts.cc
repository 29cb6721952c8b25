#include "model/json_parts.h"

#include <fmt/core.h>

#include <algorithm>

namespace dskeeper::json_parts {
namespace {

constexpr std::int64_t time_ms_max = 253'402'300'799'999;  // the end of the year 9999

// The octets of the well-formed UTF-8 character in front (RFC 3629 §4), 0 where there is none.
std::size_t character_octets(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = octet(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                           : (first & 0xF0U) == 0xE0        ? 3
                           : first >= 0xF0 && first <= 0xF4 ? 4
                                                            : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xC0U) != 0x80) return 0;
  }
  const unsigned second = octet(1);
  const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool is_surrogate = first == 0xED && second > 0x9F;
  const bool is_too_large = first == 0xF4 && second > 0x8F;
  return is_overlong || is_surrogate || is_too_large ? 0 : size;
}

// As many octets at the start of the text as are well-formed; mostly all.
std::size_t well_formed_octets(std::string_view text) {
  std::size_t octets = 0;
  while (octets < text.size()) {
    const std::size_t size = character_octets(text.substr(octets));
    if (size == 0) break;
    octets += size;
  }
  return octets;
}

// Reads text with a parse function of base/ or dns/.
template <typename Parse>
auto read_parsed(const json::value& value, Trouble& trouble, Parse parse_text) {
  auto parsed = parse_text(read_text(value, trouble));
  if (!parsed) trouble.report(parsed.error().what);
  return parsed ? *std::move(parsed) : std::decay_t<decltype(*parsed)>{};
}

}  // namespace

void Trouble::add_place(std::string_view field) {
  std::string& place = error_->where;
  place = place.empty() ? std::string(field) : fmt::format("{}.{}", field, place);
}

Error Trouble::error(std::string_view noun) const {
  Error out = *error_;
  out.where = fmt::format("{} in JSON{}{}", noun, out.where.empty() ? "" : ", field ", out.where);
  return out;
}

json::value parse(std::string_view text, std::size_t octets_max, Trouble& trouble) {
  if (text.size() > octets_max) {
    trouble.report(
        fmt::format("{} octets are more than the {} that it may have", text.size(), octets_max));
    return nullptr;
  }
  json::parse_options options;
  options.max_depth = depth_max;
  json::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) trouble.report(fmt::format("it cannot be parsed ({})", error.message()));
  return value;
}

json::string clean(std::string_view text) {
  json::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = well_formed_octets(text);
    out.append(json::string_view(text.data(), size));
    text.remove_prefix(size);
    if (text.empty()) break;
    out.push_back('?');
    text.remove_prefix(1);
  }
  return out;
}

json::value write(const std::string& text) {
  return clean(text);
}
json::value write(const dns::Name& name) {
  return clean(name.text());
}
json::value write(const dns::Ds& ds) {
  return clean(ds.text());
}
json::value write(const IpAddress& address) {
  return clean(address.text());
}
json::value write(Time time) {
  return time.time_since_epoch().count();
}
json::value time_text(const std::optional<Time>& time) {
  return time ? json::value(clean(format_time(*time))) : json::value(nullptr);
}
json::value write(const Bytes& bytes) {
  return clean(to_base64(bytes));
}

json::value write(const ServerAddress& server) {
  return json::object{{"host", write(server.host)}, {"address", write(server.address)}};
}

json::value write(const Finding& finding) {
  return json::object{{"code", clean(kind_of(finding.code).name)},
                      {"servers", write_list(finding.servers)},
                      {"facts", write_list(finding.facts)}};
}

std::string read_text(const json::value& value, Trouble& trouble) {
  if (!value.is_string()) {
    trouble.report("it is not a text");
    return {};
  }
  const json::string& text = value.get_string();
  return {text.data(), text.size()};
}

bool read_bool(const json::value& value, Trouble& trouble) {
  if (!value.is_bool()) trouble.report("it is not true or false");
  return value.is_bool() && value.get_bool();
}

std::uint64_t read_unsigned(const json::value& value, std::uint64_t max, Trouble& trouble) {
  std::optional<std::uint64_t> number;
  if (value.is_uint64()) number = value.get_uint64();
  if (value.is_int64() && value.get_int64() >= 0) {
    number = static_cast<std::uint64_t>(value.get_int64());
  }
  if (!number || *number > max) {
    trouble.report(fmt::format("it is not a whole number from 0 to {}", max));
    return 0;
  }
  return *number;
}

dns::Name read_name(const json::value& value, Trouble& trouble) {
  return read_parsed(value, trouble, dns::Name::parse);
}

dns::Ds read_ds(const json::value& value, Trouble& trouble) {
  return read_parsed(value, trouble, dns::Ds::parse);
}

IpAddress read_address(const json::value& value, Trouble& trouble) {
  return read_parsed(value, trouble, IpAddress::parse);
}

Time read_time(const json::value& value, Trouble& trouble) {
  return Time(Duration(read_unsigned(value, time_ms_max, trouble)));
}

Bytes read_bytes(const json::value& value, Trouble& trouble) {
  return read_parsed(value, trouble, from_base64);
}

ServerAddress read_server(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  ServerAddress out{fields.get("host", read_name), fields.get("address", read_address)};
  fields.finish();
  return out;
}

Finding read_finding(const json::value& value, Trouble& trouble) {
  Fields fields(value, trouble);
  Finding out{fields.get("code", read_word<parse_finding_code>),
              fields.get_list("servers", read_server), fields.get_list("facts", read_text)};
  fields.finish();
  return out;
}

Fields::Fields(const json::value& value, Trouble& trouble) : trouble_(trouble) {
  if (value.is_object()) {
    object_ = &value.get_object();
  } else {
    trouble_.report("it is not an object");
  }
}

const json::value& Fields::take(std::string_view name) {
  static const json::value nothing;
  if (object_ == nullptr) return nothing;
  const json::value* found = object_->if_contains(json::string_view(name.data(), name.size()));
  if (found == nullptr) {
    trouble_.report("it is missing");
    return nothing;
  }
  ++taken_;
  return *found;
}

bool Fields::has(std::string_view name) const {
  return object_ != nullptr &&
         object_->if_contains(json::string_view(name.data(), name.size())) != nullptr;
}

void Fields::finish() {
  if (object_ != nullptr && object_->size() != taken_) {
    trouble_.report("there are fields that this version does not know");
  }
}

}  // namespace dskeeper::json_parts
