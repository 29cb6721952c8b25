#include "web/api_input.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "model/json_parts.h"

namespace dskeeper::web {
namespace {

constexpr std::size_t limit_fallback = 50;
constexpr std::size_t limit_max = 200;
constexpr std::size_t body_octets_max = 4096;

Result<std::uint64_t> parse_number(std::string_view text, std::string_view field) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) {
    return fail(fmt::format("\"{}\" must be a number", field));
  }
  return number;
}

}  // namespace

Result<NamedChild> read_child(const Settings& settings, const std::string& text) {
  auto name = settings.read_name(text);
  if (!name) return pass_on(std::move(name));
  const ParentZone* const parent = settings.parent_of(*name);
  if (parent == nullptr) return fail("the name lies below no parent zone that is kept here");
  return NamedChild{*std::move(name), parent};
}

Result<const ParentZone*> read_parent(const Settings& settings, const std::string& text) {
  if (text.empty() && settings.parents.size() == 1) return &settings.parents.front();
  if (text.empty()) return fail("several parent zones are kept here: name one as \"parent\"");
  const auto name = settings.read_name(text);
  if (!name) return tl::unexpected<Error>(name.error());
  const auto found = std::ranges::find(settings.parents, *name, &ParentZone::zone);
  if (found == settings.parents.end()) return fail("no such parent zone is kept here");
  return &*found;
}

Result<std::size_t> read_limit(const http::Target& target) {
  if (!target.query.contains("limit")) return limit_fallback;
  const auto limit = parse_number(target.field("limit"), "limit");
  if (!limit) return tl::unexpected<Error>(limit.error());
  if (*limit == 0 || *limit > limit_max) {
    return fail(fmt::format("\"limit\" is between 1 and {}", limit_max));
  }
  return static_cast<std::size_t>(*limit);
}

Result<std::optional<std::uint64_t>> read_number(const http::Target& target,
                                                 const std::string& field) {
  if (!target.query.contains(field)) return std::optional<std::uint64_t>();
  return parse_number(target.field(field), field).map([](std::uint64_t number) {
    return std::optional(std::min(number, std::uint64_t{INT64_MAX}));
  });
}

Result<std::optional<dns::Name>> read_cursor(const Settings& settings, const http::Target& target,
                                             const std::string& field) {
  if (!target.query.contains(field)) return std::optional<dns::Name>();
  return settings.read_name(target.field(field)).map([](dns::Name name) {
    return std::optional(std::move(name));
  });
}

Result<void> check_fields(const http::Target& target,
                          std::initializer_list<std::string_view> known) {
  for (const auto& [field, value] : target.query) {
    if (std::ranges::find(known, field) == known.end()) {
      return fail(fmt::format("there is no field \"{}\" here", field));
    }
  }
  return {};
}

Result<ActBody> read_act_body(const http::Request& request) {
  ActBody body;
  if (request.body.empty()) return body;
  json_parts::Trouble trouble;
  const auto value = json_parts::parse(request.body, body_octets_max, trouble);
  json_parts::Fields fields(value, trouble);
  for (const auto& [field, member] :
       {std::pair("reason", &ActBody::reason), std::pair("request_id", &ActBody::request_id),
        std::pair("kind", &ActBody::kind), std::pair("operator", &ActBody::operator_name)}) {
    if (fields.has(field)) body.*member = fields.get(field, json_parts::read_text);
  }
  if (fields.has("reset_replay")) {
    body.reset_replay = fields.get("reset_replay", json_parts::read_bool);
  }
  fields.finish();
  if (trouble.found()) return tl::unexpected<Error>(trouble.error("the body"));
  return body;
}

}  // namespace dskeeper::web
