// The small parts that the nouns' JSON is put together from. For src/model and src/web; included by
// .cc files only, since Boost.JSON is heavy.
//
// Reading is strict: a missing field, an unknown one, a wrong type or a value out of bounds is an
// error. The first one sticks, so that a reader reads all its fields and asks once.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/records.h"
#include "model/finding.h"
#include "model/survey.h"

namespace dskeeper::json_parts {

namespace json = boost::json;

inline constexpr std::size_t depth_max = 16;
inline constexpr std::size_t list_entries_max = 10'000;
inline constexpr std::size_t case_octets_max = 4UL << 20U;
inline constexpr std::size_t survey_octets_max = 64UL << 20U;

// The first thing that was not understood.
class Trouble {
 public:
  void report(std::string what) {
    if (!error_) error_ = Error{std::move(what), {}, {}};
  }
  // The field that it was in; the innermost first.
  void add_place(std::string_view field);
  [[nodiscard]] bool found() const { return error_.has_value(); }
  [[nodiscard]] Error error(std::string_view noun) const;

 private:
  std::optional<Error> error_;
};

// Refuses text that is too long, too deep, or no JSON.
[[nodiscard]] json::value parse(std::string_view text, std::size_t octets_max, Trouble& trouble);

// Free text may come from strangers; what is not UTF-8 in it becomes "?", so that the store can
// read back what it wrote.
[[nodiscard]] json::string clean(std::string_view text);

[[nodiscard]] json::value write(const std::string& text);
[[nodiscard]] json::value write(const dns::Name& name);
[[nodiscard]] json::value write(const dns::Ds& ds);
[[nodiscard]] json::value write(const IpAddress& address);
[[nodiscard]] json::value write(Time time);  // milliseconds since 1970
// As the contract has it (format_time()), for people and their programs; null where there is none.
[[nodiscard]] json::value time_text(const std::optional<Time>& time);
[[nodiscard]] json::value write(const ServerAddress& server);
[[nodiscard]] json::value write(const Finding& finding);
[[nodiscard]] json::value write(const Bytes& bytes);  // base64

template <typename T>
json::value write_list(const std::vector<T>& entries) {
  json::array out;
  out.reserve(entries.size());
  for (const T& entry : entries) out.push_back(write(entry));
  return out;
}

template <typename T>
json::value write_optional(const std::optional<T>& value) {
  return value ? write(*value) : json::value(nullptr);
}

[[nodiscard]] std::string read_text(const json::value& value, Trouble& trouble);
[[nodiscard]] bool read_bool(const json::value& value, Trouble& trouble);
[[nodiscard]] std::uint64_t read_unsigned(const json::value& value, std::uint64_t max,
                                          Trouble& trouble);
[[nodiscard]] dns::Name read_name(const json::value& value, Trouble& trouble);
[[nodiscard]] dns::Ds read_ds(const json::value& value, Trouble& trouble);
[[nodiscard]] IpAddress read_address(const json::value& value, Trouble& trouble);
[[nodiscard]] Time read_time(const json::value& value, Trouble& trouble);
[[nodiscard]] ServerAddress read_server(const json::value& value, Trouble& trouble);
[[nodiscard]] Finding read_finding(const json::value& value, Trouble& trouble);
[[nodiscard]] Bytes read_bytes(const json::value& value, Trouble& trouble);

template <typename Number>
Number read_number(const json::value& value, Trouble& trouble) {
  return static_cast<Number>(read_unsigned(value, std::numeric_limits<Number>::max(), trouble));
}

// The word of a closed enumeration, by its own parse function.
template <auto parse_function>
auto read_word(const json::value& value, Trouble& trouble) {
  auto word = parse_function(read_text(value, trouble));
  if (!word) trouble.report(word.error().what);
  return word ? *word : std::decay_t<decltype(*word)>{};
}

template <typename Read>
auto read_list(const json::value& value, Trouble& trouble, Read read) {
  std::vector<decltype(read(value, trouble))> out;
  if (!value.is_array() || value.get_array().size() > list_entries_max) {
    trouble.report("it is not a list, or too long a one");
    return out;
  }
  for (const json::value& entry : value.get_array()) {
    if (!trouble.found()) out.push_back(read(entry, trouble));
  }
  return out;
}

// One object, whose fields are taken one by one; `finish()` refuses what was left over.
class Fields {
 public:
  Fields(const json::value& value, Trouble& trouble);

  template <typename Read>
  auto get(std::string_view name, Read read) {
    const bool was_clear = !trouble_.found();
    auto out = read(take(name), trouble_);
    note_place(was_clear, name);
    return out;
  }

  // Null where there is nothing.
  template <typename Read>
  auto get_optional(std::string_view name, Read read) {
    return get(name, [&](const json::value& value, Trouble& trouble) {
      std::optional<decltype(read(value, trouble))> out;
      if (!value.is_null()) out = read(value, trouble);
      return out;
    });
  }

  // What was added to the format later is not there in what was written before.
  [[nodiscard]] bool has(std::string_view name) const;

  template <typename Read>
  auto get_list(std::string_view name, Read read) {
    return get(name, [&](const json::value& value, Trouble& trouble) {
      return read_list(value, trouble, read);
    });
  }

  void finish();

 private:
  const json::value& take(std::string_view name);
  void note_place(bool was_clear, std::string_view name) {
    if (was_clear && trouble_.found()) trouble_.add_place(name);
  }

  const json::object* object_ = nullptr;
  std::size_t taken_ = 0;
  Trouble& trouble_;
};

}  // namespace dskeeper::json_parts
