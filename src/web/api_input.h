// What a call of the API says, checked: names, numbers and words of its query, fields of its body.
//
// The error's text is for the caller: what is wrong, in one sentence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dns/name.h"
#include "http/request.h"
#include "web/settings.h"

namespace dskeeper::web {

struct NamedChild {
  dns::Name name;
  const ParentZone* parent = nullptr;  // never null
};
[[nodiscard]] Result<NamedChild> read_child(const Settings& settings, const std::string& text);
// The parent zone of that name; where none is named, the only one.
[[nodiscard]] Result<const ParentZone*> read_parent(const Settings& settings,
                                                    const std::string& text);

// Of the query; the fallback where it is not there.
[[nodiscard]] Result<std::size_t> read_limit(const http::Target& target);
[[nodiscard]] Result<std::optional<std::uint64_t>> read_number(const http::Target& target,
                                                               const std::string& field);
[[nodiscard]] Result<std::optional<dns::Name>> read_cursor(const Settings& settings,
                                                           const http::Target& target,
                                                           const std::string& field);
// A field of the query that is none of these is a slip that must not be passed over.
[[nodiscard]] Result<void> check_fields(const http::Target& target,
                                        std::initializer_list<std::string_view> known);

// The body of an act: a JSON object with these fields alone, each a text or, for `flag`, true or
// false. A body that is empty has none.
struct ActBody {
  std::string reason;
  std::string request_id;
  std::string kind;
  std::string operator_name;
  bool reset_replay = false;
};
[[nodiscard]] Result<ActBody> read_act_body(const http::Request& request);

}  // namespace dskeeper::web
